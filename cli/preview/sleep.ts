import { setTimeout as wait } from "node:timers/promises";
import {
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  DescribeDBInstancesCommand,
  paginateDescribeDBInstances,
  RDSClient,
  StartDBInstanceCommand,
  StopDBInstanceCommand,
} from "@aws-sdk/client-rds";
import { nameOf, unreachable } from "../aws/errors";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { endIfInterrupted, interrupted } from "../process/interrupts";
import type { Progress } from "../progress/tasks";
import { Hold, type HoldProps } from "./hold";
import type { Metadata } from "./metadata";
import { knownOutputs, type PreviewOutputs } from "./outputs";
import { setScaling } from "./scaling";
import { setDesiredCount, untilRunning } from "./service";

/** Properties of {@link putToSleep} and {@link wakeUp}. */
export interface SleepProps extends Pick<HoldProps, "store" | "name" | "env" | "reason"> {
  readonly region: string;
  readonly progress: Progress;
}

/** Time that a database may take to start, in milliseconds: 20 minutes. */
const LIMIT = 1_200_000;

/** Lets a preview sleep: its address answers with the page that wakes it, no task runs or is started by autoscaling, and its own database is stopped. */
export async function putToSleep({ region, progress, ...props }: SleepProps): Promise<Metadata> {
  return Hold.during({ ...props, work: "sleep" }, async ({ metadata }) => {
    const outputs = knownOutputs(metadata);
    const place = serviceOf(metadata, outputs, region);
    // First the page, so that no request meets a service that is gone.
    await pointTo("wake", outputs, region);
    // Before the tasks end, which would be started anew.
    await setScaling(place, "rest");
    await setDesiredCount(place, 0);
    await untilRunning(place, 0, progress);
    if (outputs.database?.instance !== undefined) await stopDatabase(outputs.database.instance, region);
    return { to: "asleep" };
  });
}

/** Wakes a preview: its database first, then its tasks, and when they run its address. */
export async function wakeUp({ region, progress, ...props }: SleepProps): Promise<Metadata> {
  return Hold.during({ ...props, work: "wake" }, async ({ metadata }) => {
    await awaken(metadata, region, progress);
    return { to: "active" };
  });
}

/** What wakes a preview, for whoever holds it already. */
export async function awaken(metadata: Metadata, region: string, progress: Progress): Promise<void> {
  const outputs = knownOutputs(metadata);
  const place = serviceOf(metadata, outputs, region);
  if (outputs.database?.instance !== undefined)
    await startDatabase(outputs.database.instance, region, progress);
  const { desired_count: desired } = (metadata.input.config ?? {}) as { readonly desired_count?: number };
  const count = desired ?? 1;
  await setDesiredCount(place, count);
  await untilRunning(place, count, progress);
  await setScaling(place, "go on");
  await pointTo("service", outputs, region);
}

function serviceOf({ name, template }: Metadata, { cluster, service }: PreviewOutputs, region: string) {
  if (service !== undefined) return { cluster, service, region };
  throw new CliError(
    EXIT.USAGE,
    `preview ${name} has no service: a ${template} runs by its schedule alone`,
    "nothing of it is to sleep",
  );
}

/** Points the address of a preview at its service, or at the page that wakes it, by the weights of its rule. */
async function pointTo(target: "service" | "wake", outputs: PreviewOutputs, region: string): Promise<void> {
  const { listener_rule: rule, target_group: own, wake_target_group: page } = outputs;
  // In a network of its own nobody but the service can answer.
  if (rule === undefined || own === undefined || page === undefined || page === "") return;
  const elb = new ElasticLoadBalancingV2Client({ region });
  try {
    const { Rules } = await elb.send(new DescribeRulesCommand({ RuleArns: [rule] }));
    const actions = Rules?.[0]?.Actions ?? [];
    await elb.send(
      new ModifyRuleCommand({
        RuleArn: rule,
        Actions: actions.map((action) =>
          action.Type === "forward"
            ? {
                Type: "forward",
                ...(action.Order === undefined ? {} : { Order: action.Order }),
                ForwardConfig: {
                  TargetGroups: [
                    { TargetGroupArn: own, Weight: target === "service" ? 100 : 0 },
                    { TargetGroupArn: page, Weight: target === "service" ? 0 : 100 },
                  ],
                },
              }
            : action,
        ),
      }),
    );
  } catch (error) {
    throw unreachable(error);
  }
}

/** Identifiers of the instances that run, of all of an account: one call for a hundred of them. */
export async function runningDatabases(region: string): Promise<ReadonlySet<string>> {
  const running = new Set<string>();
  try {
    for await (const { DBInstances = [] } of paginateDescribeDBInstances(
      { client: new RDSClient({ region }) },
      {},
    ))
      for (const { DBInstanceIdentifier: id, DBInstanceStatus: status } of DBInstances)
        if (id !== undefined && status === "available") running.add(id);
  } catch (error) {
    throw unreachable(error);
  }
  return running;
}

/** Stops an instance; one that is stopped, or stops, stays so. */
export async function stopDatabase(DBInstanceIdentifier: string, region: string): Promise<void> {
  try {
    await new RDSClient({ region }).send(new StopDBInstanceCommand({ DBInstanceIdentifier }));
  } catch (error) {
    // It is stopped, or stops.
    if (!/InvalidDBInstanceState/.test(nameOf(error))) throw unreachable(error);
  }
}

async function startDatabase(
  DBInstanceIdentifier: string,
  region: string,
  progress: Progress,
): Promise<void> {
  const rds = new RDSClient({ region });
  const until = Date.now() + LIMIT;
  for (;;) {
    try {
      const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
      const status = DBInstances?.[0]?.DBInstanceStatus;
      if (status === "available") return;
      if (status === "stopped") await rds.send(new StartDBInstanceCommand({ DBInstanceIdentifier }));
      progress(`the database is ${status}`);
    } catch (error) {
      if (!/InvalidDBInstanceState/.test(nameOf(error))) throw unreachable(error);
    }
    if (Date.now() > until)
      throw new CliError(
        EXIT.FAILED,
        `the database has not started within ${LIMIT / 60_000} minutes`,
        `at ${DBInstanceIdentifier}`,
      );
    await wait(2_000, undefined, { signal: interrupted }).catch(() => undefined);
    endIfInterrupted();
  }
}
