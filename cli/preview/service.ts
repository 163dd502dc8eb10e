import { setTimeout as sleep } from "node:timers/promises";
import {
  type Deployment,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  type Service,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { nameOf, unreachable } from "../aws/errors";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { endIfInterrupted, interrupted } from "../process/interrupts";
import type { Progress } from "../progress/tasks";

/** A service of ECS. */
export interface ServicePlace {
  readonly cluster: string;
  readonly service: string;
  readonly region: string;
}

/** Time that a deployment may take, in milliseconds: 20 minutes. The circuit breaker ends what fails before. */
const LIMIT = 1_200_000;

/** Time between two looks, in milliseconds. */
const LOOK = 2_000;

/** How a deployment of a task definition stands: it runs, it goes on, or why it failed. */
export type Verdict =
  | { readonly kind: "runs" }
  | { readonly kind: "goes on"; readonly said: string }
  | { readonly kind: "failed"; readonly why: string };

/**
 * Judges whether the task definition that was asked for is the one that runs. ECS takes the one before when the circuit
 * breaker rolls back, and Terraform calls that a success.
 *
 * @param wanted - ARN of the task definition.
 */
export function judgeDeployment(service: Service | undefined, wanted: string): Verdict {
  if (!service || service.status === "INACTIVE") return { kind: "failed", why: "the service is not there" };
  const deployments = service.deployments ?? [];
  const primary = deployments.find(({ status }) => status === "PRIMARY");
  const failed = deployments.find(
    ({ taskDefinition, rolloutState }) => taskDefinition === wanted && rolloutState === "FAILED",
  );
  if (failed) return { kind: "failed", why: failed.rolloutStateReason ?? "its deployment failed" };
  if (!primary) return { kind: "goes on", said: "no deployment yet" };
  if (primary.taskDefinition !== wanted) {
    return {
      kind: "failed",
      why: `ECS rolled back to ${shortArn(primary.taskDefinition)}: ${shortArn(wanted)} never became healthy`,
    };
  }
  const { runningCount = 0, desiredCount = 0 } = service;
  const others = deployments.filter((one) => one !== primary && (one.runningCount ?? 0) > 0);
  const isOver =
    primary.rolloutState === "COMPLETED" ||
    (primary.rolloutState === undefined && runningCount >= desiredCount);
  if (isOver && others.length === 0) return { kind: "runs" };
  return { kind: "goes on", said: saidOf(primary) };
}

function saidOf({ runningCount = 0, desiredCount = 0, failedTasks = 0 }: Deployment): string {
  return `${runningCount} of ${desiredCount} tasks run${failedTasks > 0 ? `, ${failedTasks} failed` : ""}`;
}

function shortArn(arn = ""): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

/**
 * Waits until a service runs the task definition that was asked for.
 *
 * @throws CliError when ECS rolled it back, or it does not come up.
 */
export async function untilDeployed(
  place: ServicePlace,
  taskDefinition: string,
  progress: Progress,
): Promise<void> {
  const ecs = new ECSClient({ region: place.region });
  const until = Date.now() + LIMIT;
  for (;;) {
    const verdict = judgeDeployment(await describeService(ecs, place), taskDefinition);
    if (verdict.kind === "runs") return;
    const isLate = Date.now() > until;
    if (verdict.kind === "failed" || isLate) {
      const why =
        verdict.kind === "failed"
          ? verdict.why
          : `it is not healthy after ${LIMIT / 60_000} minutes (${verdict.said})`;
      throw new CliError(
        EXIT.FAILED,
        `the service does not run what was asked for: ${why}`,
        ...(await stoppedReasons(ecs, place)),
        "see its logs: npx groundplan preview logs",
      );
    }
    progress(verdict.said);
    await sleep(LOOK, undefined, { signal: interrupted }).catch(() => undefined);
    endIfInterrupted();
  }
}

/** The service as ECS sees it; undefined when it is not there. */
export async function describeService(
  ecs: ECSClient,
  { cluster, service }: ServicePlace,
): Promise<Service | undefined> {
  try {
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
    return services?.[0];
  } catch (error) {
    if (["ClusterNotFoundException", "ServiceNotFoundException"].includes(nameOf(error))) return undefined;
    throw unreachable(error);
  }
}

/** Sets how many tasks are to run. */
export async function setDesiredCount(
  { cluster, service, region }: ServicePlace,
  desiredCount: number,
): Promise<void> {
  try {
    await new ECSClient({ region }).send(new UpdateServiceCommand({ cluster, service, desiredCount }));
  } catch (error) {
    throw unreachable(error);
  }
}

/** Waits until exactly so many tasks run. @throws CliError when they do not within the time of a deployment. */
export async function untilRunning(place: ServicePlace, count: number, progress: Progress): Promise<void> {
  const ecs = new ECSClient({ region: place.region });
  const until = Date.now() + LIMIT;
  for (;;) {
    const { runningCount = 0 } = (await describeService(ecs, place)) ?? {};
    if (runningCount === count) return;
    if (Date.now() > until)
      throw new CliError(
        EXIT.FAILED,
        `${runningCount} of ${count} tasks run after ${LIMIT / 60_000} minutes`,
        ...(await stoppedReasons(ecs, place)),
      );
    progress(`${runningCount} of ${count} tasks run`);
    await sleep(LOOK, undefined, { signal: interrupted }).catch(() => undefined);
    endIfInterrupted();
  }
}

/** Why the last tasks of a service ended. */
async function stoppedReasons(
  ecs: ECSClient,
  { cluster, service }: ServicePlace,
): Promise<readonly string[]> {
  try {
    const { taskArns = [] } = await ecs.send(
      new ListTasksCommand({ cluster, serviceName: service, desiredStatus: "STOPPED", maxResults: 5 }),
    );
    if (taskArns.length === 0) return [];
    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
    const reasons = (tasks ?? []).flatMap(({ stoppedReason, containers }) => [
      ...(stoppedReason ? [stoppedReason] : []),
      ...(containers ?? []).flatMap(({ name, exitCode, reason }) =>
        exitCode || reason ? [`${name}: ${reason ?? `exit code ${exitCode}`}`] : [],
      ),
    ]);
    // Why ECS stopped a task for a deployment says nothing of the task.
    return [...new Set(reasons)].filter((reason) => !/^Scaling activity initiated/.test(reason)).slice(0, 5);
  } catch {
    // It is told that it failed all the same.
    return [];
  }
}
