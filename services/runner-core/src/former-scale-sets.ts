import { isOwner } from "./owners";
import type { Context, Mark } from "./ports";
import type { Pool } from "./settings";
import { serves } from "./settings";

/** Begins the keys of scale sets in the book. */
const PREFIX = "scale-set/";

/** A scale set that a listener has made. */
interface Noted extends Mark {
  readonly owner: string;
  readonly pool: string;
  readonly id: number;
}

/** Writes down that a pool has a scale set: GitHub keeps it until somebody takes it away. */
export async function noteScaleSet(
  { ledger, owner, now }: Pick<Context, "ledger" | "now"> & { readonly owner: string },
  { name }: Pool,
  id: number,
): Promise<void> {
  await ledger.mark(keyOf({ owner, pool: name, id }), { reason: name, since: now() });
}

/** The scale sets that were made, and are not wanted any more: scale sets are off, or their pool is gone. */
export async function formerScaleSets({
  ledger,
  settings,
}: Pick<Context, "ledger" | "settings">): Promise<readonly Noted[]> {
  const isWanted = ({ owner, pool }: Noted) =>
    settings.scaleSets &&
    settings.pools.some((one) => one.name === pool && !one.standing && serves(one, owner));
  return [...(await ledger.marks())].flatMap(notedOf).filter((one) => !isWanted(one));
}

/**
 * Takes away what {@link formerScaleSets} finds, once no job of it runs: GitHub gives jobs to a scale set that nobody listens to, and
 * they wait for ever.
 */
export async function removeFormerScaleSets(context: Context): Promise<void> {
  const { ledger, settings, formerScaleSetsOf, log } = context;
  if (!formerScaleSetsOf) return;
  for (const one of await formerScaleSets(context)) {
    const { owner, pool, id } = one;
    if (!isOwner(owner, settings)) continue;
    if (!(await formerScaleSetsOf(owner).remove(id))) continue;
    await ledger.unmark(keyOf(one));
    log({ message: `scale set ${id} of pool ${pool} was taken away: nobody listens to it`, pool });
  }
}

function keyOf({ owner, pool, id }: Pick<Noted, "owner" | "pool" | "id">): string {
  return `${PREFIX}${owner}/${pool}/${id}`;
}

function notedOf([key, mark]: readonly [string, Mark]): readonly Noted[] {
  const [, owner = "", pool = "", id] = /^scale-set\/(.*)\/([^/]+)\/(\d+)$/.exec(key) ?? [];
  return id === undefined ? [] : [{ ...mark, owner, pool, id: Number(id) }];
}
