/** What of a task counts for its service. */
export interface TaskView {
  readonly arn: string;

  /** Id of its deployment. */
  readonly deployment: string;

  /** Whether it was told to stop. */
  readonly isStopping: boolean;

  /** Whether it runs, and all of its checks say so. */
  readonly isHealthy: boolean;

  /** Whether a check has failed: it is to be replaced. */
  readonly isUnhealthy: boolean;

  /** Seconds since 1970. */
  readonly createdAt: number;
}

/** How a service replaces its tasks. @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
export interface Rolling {
  readonly desiredCount: number;

  /** Percent of the desired tasks that stay healthy, rounded up. */
  readonly minimumHealthyPercent: number;

  /** Percent of the desired tasks that there are at most, rounded down. */
  readonly maximumPercent: number;
}

/** What is to be done next. */
export interface Step {
  /** Tasks of the newest deployment that are to be started. */
  readonly start: number;

  /** ARNs of tasks that are to be stopped. */
  readonly stop: readonly string[];

  /** Whether the newest deployment is all that runs, as many as are wanted. */
  readonly isSteady: boolean;
}

/**
 * The next step of a service whose newest deployment is `primary`: never fewer healthy tasks than the minimum by its own doing, and
 * never more tasks than the maximum.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
 */
export function nextStep(
  primary: string,
  { desiredCount, minimumHealthyPercent, maximumPercent }: Rolling,
  tasks: readonly TaskView[],
): Step {
  const least = Math.ceil((desiredCount * minimumHealthyPercent) / 100);
  const most = Math.floor((desiredCount * maximumPercent) / 100);
  const alive = tasks.filter(({ isStopping }) => !isStopping);
  const sick = alive.filter(({ isUnhealthy }) => isUnhealthy);
  const own = alive.filter(({ deployment, isUnhealthy }) => deployment === primary && !isUnhealthy);
  const old = alive.filter(({ deployment, isUnhealthy }) => deployment !== primary && !isUnhealthy);

  const surplus = byUse(own).slice(desiredCount);
  const kept = own.filter((task) => !surplus.includes(task));
  const healthy = [...kept, ...old].filter(({ isHealthy }) => isHealthy).length;
  const isReplaced = kept.filter(({ isHealthy }) => isHealthy).length >= desiredCount;
  // Those that do not serve go first, and cost nothing.
  const idle = old.filter(({ isHealthy }) => !isHealthy);
  const spare = Math.max(0, healthy - least);
  const serving = byUse(old.filter(({ isHealthy }) => isHealthy)).reverse();
  const outdated = isReplaced ? old : [...idle, ...serving.slice(0, spare)];

  const stop = [...sick, ...surplus, ...outdated];
  const room = most - tasks.filter((task) => !stop.includes(task)).length;
  const start = Math.max(0, Math.min(desiredCount - kept.length, room));
  const isSteady = isReplaced && tasks.every(({ deployment }) => deployment === primary) && stop.length === 0;
  return { start, stop: stop.map(({ arn }) => arn), isSteady };
}

/** The most useful first: healthy ones, and then the older. */
function byUse(tasks: readonly TaskView[]): TaskView[] {
  return [...tasks].sort(
    (one, other) =>
      Number(other.isHealthy) - Number(one.isHealthy) ||
      one.createdAt - other.createdAt ||
      (one.arn < other.arn ? -1 : 1),
  );
}

/** Tasks that may fail before a deployment has: half of the desired ones, at least 3 and at most 200. @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html */
export function failureThreshold(desiredCount: number): number {
  return Math.min(200, Math.max(3, Math.ceil(desiredCount / 2)));
}

/** How far a deployment has come, as the circuit breaker counts. */
export interface Progress {
  readonly state: "IN_PROGRESS" | "COMPLETED" | "FAILED";

  /** Tasks that have failed while it was in progress. */
  readonly failed: number;
}

/** What happens to a deployment in progress. */
export type DeploymentEvent = "task failed" | "steady";

/**
 * The circuit breaker: a deployment that has come to a steady state is completed, and failures from then on are no longer its
 * own; one of which too many tasks have failed before has failed, and stays so.
 *
 * @param threshold - see {@link failureThreshold}; undefined where the service has no circuit breaker.
 */
export function progressAfter(
  before: Progress,
  event: DeploymentEvent,
  threshold: number | undefined,
): Progress {
  if (before.state !== "IN_PROGRESS") return before;
  if (event === "steady") return { state: "COMPLETED", failed: 0 };
  const failed = before.failed + 1;
  return { failed, state: threshold !== undefined && failed >= threshold ? "FAILED" : "IN_PROGRESS" };
}

/** Milliseconds until a task is started in place of one that has failed. */
export function restartDelay(failures: number): number {
  return failures === 0 ? 0 : Math.min(60_000, 500 * 2 ** Math.min(failures - 1, 10));
}
