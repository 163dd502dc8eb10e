import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchLogsClient, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  type ListTasksCommandInput,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import { nameOf, unreachable } from "../aws/errors";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { isArray, isObject, type Json } from "../input/json";
import { endIfInterrupted, interrupted } from "../process/interrupts";
import type { Progress } from "../progress/tasks";
import type { PreviewOutputs } from "./outputs";

/** A task that runs once, as the stack's outputs `before_service` and `before_destroy` list them. */
export interface OneOffTask {
  readonly id: string;
  readonly task_definition: string;
  readonly container: string;
  readonly cluster: string;
  readonly log_group: string;
  readonly subnets: readonly string[];
  readonly security_groups: readonly string[];
}

/** The tasks of an output; none where it has none. */
export function oneOffTasks(value: Json | undefined): readonly OneOffTask[] {
  return isArray(value) ? (value.filter(isObject) as unknown as readonly OneOffTask[]) : [];
}

/** How a task is run. */
export interface RunTaskProps {
  readonly region: string;
  readonly progress: Progress;

  /** Variables that its container gets beside those of its definition. */
  readonly environment?: Readonly<Record<string, string>>;

  /** Takes secrets out of a text: its failure is shown on pull requests too. */
  readonly mask: (text: string) => string;
}

/**
 * How ECS finds the tasks of one preview in the cluster that all share: by its service, or the family of what runs by its
 * schedule. Without either it would list those of everybody.
 */
export function tasksOf({
  service,
  task_definition: definition,
}: Pick<PreviewOutputs, "service" | "task_definition">): Pick<
  ListTasksCommandInput,
  "serviceName" | "family"
> {
  if (service !== undefined) return { serviceName: service };
  const family = familyOf(definition);
  if (family !== undefined) return { family };
  throw new CliError(
    EXIT.FAILED,
    "nothing of the preview runs in a task",
    "see: npx groundplan preview status",
  );
}

function familyOf(definition: string | undefined): string | undefined {
  return /:task-definition\/([\w-]+)(?::\d+)?$/.exec(definition ?? "")?.[1];
}

/** Time that a task may take, in milliseconds: half an hour. */
const LIMIT = 1_800_000;

/** Time in which a task has to stop, in milliseconds: ECS kills it after two minutes at the most. */
const STOPPING = 180_000;

/** Time between two looks, in milliseconds. */
const LOOK = 2_000;

/** Lines of the log that are shown when a task fails: an error of Node with its stack and properties takes thirty. */
const LINES = 50;

/**
 * Runs a task to its end.
 *
 * @throws CliError when it fails, with the reason and the last lines of its log.
 */
export async function runTask(
  task: OneOffTask,
  { region, progress, mask, environment }: RunTaskProps,
): Promise<void> {
  const ecs = new ECSClient({ region });
  await endOrphans(ecs, task, progress);
  const arn = await start(ecs, task, environment);
  const until = Date.now() + LIMIT;
  try {
    for (;;) {
      const found = await describe(ecs, task.cluster, arn);
      progress(`${task.id}: ${(found?.lastStatus ?? "unknown").toLowerCase()}`);
      if (found?.lastStatus === "STOPPED") return await judge(task, found, { region, mask });
      if (Date.now() > until)
        throw new CliError(
          EXIT.FAILED,
          `task ${task.id} has not ended within ${LIMIT / 60_000} minutes`,
          `at ${arn}`,
        );
      await sleep(LOOK, undefined, { signal: interrupted }).catch(() => undefined);
      endIfInterrupted();
    }
  } catch (error) {
    const stop = new StopTaskCommand({
      cluster: task.cluster,
      task: arn,
      reason: "groundplan preview has ended",
    });
    await ecs.send(stop).catch(() => undefined);
    throw error;
  }
}

/**
 * Ends what a killed run has left at work: the same migration twice at the same time would be one too many. The family is
 * this preview's own, and this run holds the preview.
 */
async function endOrphans(
  ecs: ECSClient,
  { id, cluster, task_definition: definition }: OneOffTask,
  progress: Progress,
): Promise<void> {
  const family = familyOf(definition);
  if (family === undefined) return;
  try {
    const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, family }));
    for (const task of taskArns) {
      progress(`${id}: one of a killed run is at work, and is stopped`);
      await ecs.send(new StopTaskCommand({ cluster, task, reason: "its run of groundplan has ended" }));
    }
    for (const arn of taskArns) {
      const until = Date.now() + STOPPING;
      while ((await describe(ecs, cluster, arn))?.lastStatus !== "STOPPED") {
        if (Date.now() > until)
          throw new CliError(
            EXIT.FAILED,
            `task ${id} of a killed run does not stop`,
            `at ${arn}`,
            `stop it: aws ecs stop-task --cluster ${cluster} --task ${arn}`,
          );
        await sleep(LOOK, undefined, { signal: interrupted }).catch(() => undefined);
        endIfInterrupted();
      }
    }
  } catch (error) {
    throw unreachable(error);
  }
}

async function start(
  ecs: ECSClient,
  task: OneOffTask,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const variables = Object.entries(environment).map(([name, value]) => ({ name, value }));
  try {
    const { tasks, failures } = await ecs.send(
      new RunTaskCommand({
        cluster: task.cluster,
        taskDefinition: task.task_definition,
        launchType: "FARGATE",
        startedBy: "groundplan-preview",
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets: [...task.subnets],
            securityGroups: [...task.security_groups],
            assignPublicIp: "DISABLED",
          },
        },
        ...(variables.length === 0
          ? {}
          : { overrides: { containerOverrides: [{ name: task.container, environment: variables }] } }),
      }),
    );
    const arn = tasks?.[0]?.taskArn;
    if (arn) return arn;
    const [failure] = failures ?? [];
    throw new CliError(
      EXIT.FAILED,
      `task ${task.id} was not started: ${failure?.reason ?? "ECS gives no reason"}`,
      ...(failure?.detail ? [failure.detail] : []),
    );
  } catch (error) {
    throw unreachable(error);
  }
}

async function describe(ecs: ECSClient, cluster: string, arn: string): Promise<Task | undefined> {
  try {
    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [arn] }));
    return tasks?.[0];
  } catch (error) {
    throw unreachable(error);
  }
}

async function judge(
  task: OneOffTask,
  { taskArn, containers, stoppedReason }: Task,
  { region, mask }: Pick<RunTaskProps, "region" | "mask">,
): Promise<void> {
  const container = containers?.find(({ name }) => name === task.container);
  if (container?.exitCode === 0) return;
  const why =
    container?.exitCode === undefined
      ? (container?.reason ?? stoppedReason ?? "it never ran")
      : `exit code ${container.exitCode}`;
  const lines = await lastLines(task, taskArn ?? "", region);
  throw new CliError(
    EXIT.FAILED,
    `task ${task.id} failed: ${why}`,
    `at ${taskArn}`,
    ...lines.map((text) => `| ${mask(text)}`),
  );
}

/** The last lines that a task wrote. ECS names its stream `<prefix>/<container>/<task id>`; the prefix is the container's. */
async function lastLines(
  { log_group, container }: OneOffTask,
  arn: string,
  region: string,
): Promise<readonly string[]> {
  const id = arn.split("/").at(-1) ?? "";
  const logs = new CloudWatchLogsClient({ region });
  const streams = [`${container}/${container}/${id}`, `ecs/${container}/${id}`];
  for (const logStreamName of streams) {
    try {
      const { events } = await logs.send(
        new GetLogEventsCommand({
          logGroupName: log_group,
          logStreamName,
          limit: LINES,
          startFromHead: false,
        }),
      );
      return (events ?? []).map(({ message }) => message?.trimEnd() ?? "");
    } catch (error) {
      // Without a log the reason stands alone.
      if (nameOf(error) !== "ResourceNotFoundException") return [];
    }
  }
  return [];
}
