import { endInstance } from "./end-instance";
import { allPages } from "./pages";
import type { Context, Instance, Metric, Runner } from "./ports";
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
  const errors: unknown[] = [];
  for (const instance of instances) {
    const key = `instance/${instance.id}`;
    const runner = instance.runnerId === undefined ? undefined : runners.get(instance.runnerId);
    const reason = uselessness(instance, runner, now(), settings);
    const mark = marks.get(key);
    try {
      if (reason === undefined) {
        if (mark) await ledger.unmark(key);
      } else if (mark?.reason !== reason) {
        await ledger.mark(key, { reason, since: now() });
      } else if (now() - mark.since >= (reason === "idle" ? settings.idleSeconds : settings.orphanSeconds)) {
        await end(instance, reason, context);
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

async function end({ id, pool, runnerId }: Instance, reason: Reason, context: Context): Promise<void> {
  const outcome = await endInstance(id, context);
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
