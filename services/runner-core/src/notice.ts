import { endInstance } from "./end-instance";
import { allPages } from "./pages";
import type { Context } from "./ports";

/** What EC2 says of spot capacity, as EventBridge names it. */
export const NOTICES = {
  interruption: "EC2 Spot Instance Interruption Warning",
  rebalance: "EC2 Instance Rebalance Recommendation",
} as const;

/** A notice that an instance will be interrupted within two minutes, or may be. */
export interface Notice {
  readonly instanceId: string;
  readonly kind: keyof typeof NOTICES;
}

/** The notice that an event is; undefined for what is none. */
export function noticeOf(event: unknown): Notice | undefined {
  const { source, "detail-type": type, detail } = (event ?? {}) as Record<string, unknown>;
  const kind = (Object.keys(NOTICES) as (keyof typeof NOTICES)[]).find((one) => NOTICES[one] === type);
  const instanceId = (detail as Record<string, unknown> | undefined)?.["instance-id"];
  if (source !== "aws.ec2" || kind === undefined || typeof instanceId !== "string") return undefined;
  return { instanceId, kind };
}

/**
 * Ends an instance before a job begins on it that it would lose: its runner is taken off first, which GitHub refuses while it has a
 * job. One that has a job goes on, and may be done within the two minutes. A job that waits gets another instance.
 */
export async function heedNotice({ instanceId, kind }: Notice, context: Context): Promise<void> {
  // The rule hears of all spot instances of the account.
  const all = await allPages((page) => context.fleet.instances(page));
  const instance = all.find(({ id }) => id === instanceId);
  // One that stays registers by itself: whose runner is not known yet cannot be taken off.
  if (instance?.runnerId === undefined) return;
  const isStanding = context.settings.pools.some(({ name, standing }) => name === instance.pool && standing);
  // A group starts the successor before it ends an instance for which a rebalance is advised.
  if (kind === "rebalance" && isStanding) return;
  const outcome = await endInstance(instanceId, context);
  const { runnerId } = instance;
  context.log({
    message: `instance ${instanceId}: ${kind}, ${outcome}`,
    instanceId,
    runnerId,
    kind,
    outcome,
  });
  if (outcome === "ended") context.count("InstancesEnded", 1, instance.pool);
}
