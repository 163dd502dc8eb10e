import { endInstance } from "./end-instance";
import { allPages } from "./pages";
import type { Context, Instance, Metric, Runner } from "./ports";
import { standingName } from "./runner-name";
import type { Settings } from "./settings";

/** Why an instance seems to be of no use. */
type Reason = "idle" | "orphan" | "lifetime";

const METRIC = { idle: undefined, orphan: "Orphans", lifetime: "Overdue" } as const satisfies Record<
  Reason,
  Metric | undefined
>;

/**
 * Ends instances that are of no use: whose runner waits for nothing, whose runner never came, or that are too old.
 *
 * Each has to be seen so twice, some time apart: the first look marks it, and a better look in between takes the mark
 * away. One that cannot be ended now does not keep the others from it.
 *
 * @throws AggregateError with what went wrong with some of them.
 */
export async function scaleDown(context: Context): Promise<void> {
  const { fleet, github, ledger, settings, now } = context;
  const instances = await allPages((page) => fleet.instances(page));
  const runners = new Map(
    (await allPages((page) => github.runners(page))).map((runner) => [runner.id, runner]),
  );
  const marks = await ledger.marks();
  const standing = new Standing(context);
  const errors: unknown[] = [];
  for (const instance of instances) {
    const key = `instance/${instance.id}`;
    const runner = instance.runnerId === undefined ? undefined : runners.get(instance.runnerId);
    const mark = marks.get(key);
    try {
      const seen = uselessness(instance, runner, now(), standing.limits(instance));
      const reason = await standing.reason(instance, seen, runners);
      if (reason === undefined) {
        if (mark) await ledger.unmark(key);
      } else if (mark?.reason !== reason) {
        await ledger.mark(key, { reason, since: now() });
      } else if (now() - mark.since >= (reason === "idle" ? settings.idleSeconds : settings.orphanSeconds)) {
        await end(instance, reason, context, reason === "idle" ? standing.shrinks(instance) : undefined);
      }
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0)
    throw new AggregateError(errors, `${errors.length} instances could not be looked at`);
}

function uselessness(
  { launchedAt }: Instance,
  runner: Runner | undefined,
  now: number,
  { lifetimeSeconds, bootSeconds }: Settings,
): Reason | undefined {
  if (runner?.busy) return undefined;
  const age = now - launchedAt;
  if (age > lifetimeSeconds) return "lifetime";
  if (runner?.online) return "idle";
  return age > bootSeconds ? "orphan" : undefined;
}

/** What is different for instances that stay between jobs: a group has its least size, and replaces what is old itself. */
class Standing {
  private names: Promise<ReadonlyMap<string, string>> | undefined;

  /** How many instances each group may still lose. */
  private readonly spare = new Map<string, Promise<number>>();

  constructor(private readonly context: Context) {}

  /** The settings for an instance; one that stays has no lifetime of ours. */
  limits({ pool }: Instance): Settings {
    const { settings } = this.context;
    return this.of(pool)?.standing ? { ...settings, lifetimeSeconds: Number.POSITIVE_INFINITY } : settings;
  }

  /** Why one is of no use after all. Each group is looked at once in a run. */
  async reason(
    { id, pool, runnerId }: Instance,
    seen: Reason | undefined,
    runners: ReadonlyMap<number, Runner>,
  ): Promise<Reason | undefined> {
    const { standing } = this.of(pool) ?? {};
    if (!standing || seen === undefined) return seen;
    if (seen === "orphan") {
      // It has registered, and reconcile says next whose runner that is.
      const name = standing.namePrefix
        ? await this.nameOf(id)
        : standingName(this.context.settings.fleet, id);
      const isThere = [...runners.values()].some((runner) => runnerId === undefined && runner.name === name);
      return isThere ? undefined : seen;
    }
    if (standing.namePrefix !== undefined) return undefined;
    const spare = await (this.spare.get(pool) ?? this.look(pool, standing.groupName));
    this.spare.set(pool, Promise.resolve(Math.max(0, spare - 1)));
    return spare > 0 ? seen : undefined;
  }

  /** How one ends so that its group is smaller afterwards. */
  shrinks({ pool }: Instance): Context["groups"]["shrink"] | undefined {
    return this.of(pool)?.standing ? this.context.groups.shrink : undefined;
  }

  private of(pool: string) {
    return this.context.settings.pools.find(({ name }) => name === pool);
  }

  private async nameOf(id: string): Promise<string | undefined> {
    this.names ??= this.context.ledger.names();
    return [...(await this.names)].find(([, holder]) => holder === id)?.[0];
  }

  private async look(pool: string, groupName: string): Promise<number> {
    const looked = this.context.groups
      .group(groupName)
      .then((group) => (group ? group.members.filter(({ isEnding }) => !isEnding).length - group.min : 0));
    this.spare.set(pool, looked);
    return looked;
  }
}

async function end(
  { id, pool, runnerId }: Instance,
  reason: Reason,
  context: Context,
  shrink: Context["groups"]["shrink"] | undefined,
): Promise<void> {
  const outcome = await endInstance(id, context, shrink);
  context.log({
    message: `instance ${id}: ${reason}, ${outcome}`,
    instanceId: id,
    runnerId,
    reason,
    outcome,
  });
  if (outcome === "kept") context.count("Kept", 1, pool);
  if (outcome !== "ended") return;
  context.count("InstancesEnded", 1, pool);
  const metric = METRIC[reason];
  if (metric) context.count(metric, 1, pool);
}
