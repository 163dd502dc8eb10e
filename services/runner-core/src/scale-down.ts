import { endInstance } from "./end-instance";
import { limitsAt } from "./hours";
import { eachOwner, isOwner, ownerOfRunner } from "./owners";
import { allPages } from "./pages";
import type { Context, Instance, Metric, OwnerContext, Runner, RunnerId } from "./ports";
import { standingName } from "./runner-name";
import { idleOwnerOf, type Settings, serves } from "./settings";

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
  await eachOwner(context, scaleDownOwner);
}

async function scaleDownOwner(context: OwnerContext): Promise<void> {
  const { fleet, github, ledger, settings, owner, now } = context;
  const instances = (await allPages((page) => fleet.instances(page))).filter((one) =>
    isOf(one, owner, settings),
  );
  const runners = new Map(
    (await allPages((page) => github.runners(page))).map((runner) => [runner.id, runner]),
  );
  const marks = await ledger.marks();
  const standing = new Standing(context);
  const waiting = new Map(
    settings.pools
      .filter((pool) => idleOwnerOf(pool) === owner)
      .map((pool) => [pool.name, limitsAt(pool, now()).idle]),
  );
  const errors: unknown[] = [];
  for (const instance of instances) {
    const key = `instance/${instance.id}`;
    const runner = instance.runnerId === undefined ? undefined : runners.get(instance.runnerId);
    const mark = marks.get(key);
    try {
      const seen = isOwner(ownerOfRunner(instance.runnerId ?? 0), settings)
        ? uselessness(instance, runner, now(), standing.limits(instance))
        : forgotten(instance, now(), settings);
      const reason = isAwaited(instance, seen, waiting)
        ? undefined
        : await standing.reason(instance, seen, runners);
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

/** Whether an instance is an owner's: by its runner, or by its pool while it has none. */
function isOf({ runnerId, pool }: Instance, owner: string, settings: Settings): boolean {
  if (runnerId !== undefined) {
    const its = ownerOfRunner(runnerId);
    // One whose owner is not named any more is looked at by the fleet's own.
    return its === owner || (owner === "" && !isOwner(its, settings));
  }
  const own = settings.pools.find(({ name }) => name === pool);
  return own ? serves(own, owner) : owner === "";
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

/** Whether it waits for a job because the hours of its pool say so; as many do as those say. */
function isAwaited({ pool }: Instance, seen: Reason | undefined, waiting: Map<string, number>): boolean {
  const left = waiting.get(pool) ?? 0;
  if (seen !== "idle" || left === 0) return false;
  waiting.set(pool, left - 1);
  return true;
}

/** Of one whose owner is not named any more nobody knows whether it is busy: it has its time. */
function forgotten({ launchedAt }: Instance, now: number, { lifetimeSeconds }: Settings): Reason | undefined {
  return now - launchedAt > lifetimeSeconds ? "lifetime" : undefined;
}

/** What is different for instances that stay between jobs: a group has its least size, and replaces what is old itself. */
class Standing {
  private names: Promise<ReadonlyMap<string, string>> | undefined;

  /** How many instances each group may still lose. */
  private readonly spare = new Map<string, Promise<number>>();

  constructor(private readonly context: OwnerContext) {}

  /** The settings for an instance; one that stays has no lifetime of ours. */
  limits({ pool }: Instance): Settings {
    const { settings } = this.context;
    return this.of(pool)?.standing ? { ...settings, lifetimeSeconds: Number.POSITIVE_INFINITY } : settings;
  }

  /** Why one is of no use after all. Each group is looked at once in a run. */
  async reason(
    { id, pool, runnerId }: Instance,
    seen: Reason | undefined,
    runners: ReadonlyMap<RunnerId, Runner>,
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
