import type { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import { DescribeServicesCommand, type ECSClient, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import {
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { DescribeDBInstancesCommand, type RDSClient, StartDBInstanceCommand } from "@aws-sdk/client-rds";
import type { Metadata, Outputs } from "./metadata";
import { resumeScaling } from "./scaling";

/** The clients of what is woken. */
export interface Clients {
  readonly ecs: ECSClient;
  readonly rds: RDSClient;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly scaling: ApplicationAutoScalingClient;
}

/** How far a preview is, in words for whoever waits. */
export interface Progress {
  /** Of the steps database, tasks and address: how many are done, of how many. */
  readonly done: number;
  readonly of: number;
  readonly says: string;
  readonly isAwake: boolean;
}

/**
 * Does the next step of waking a preview: its database, then its tasks, then its address. Each can be done any number of
 * times, and by several callers at once.
 */
export async function advance(metadata: Metadata, clients: Clients): Promise<Progress> {
  const outputs = metadata.outputs as Outputs;
  const instance = outputs.database?.instance;
  const of = instance === undefined ? 2 : 3;
  const at = (done: number, says: string): Progress => ({ done, of, says, isAwake: false });
  if (instance !== undefined) {
    const status = await startDatabase(clients.rds, instance);
    if (status !== "available") return at(0, `the database is ${status}`);
  }
  const before = of - 2;
  const wanted = desiredCount(metadata);
  const running = await startTasks(clients.ecs, outputs, wanted);
  if (running < 1) return at(before, "its tasks are starting");
  if (!(await isHealthy(clients.elb, outputs.target_group)))
    return at(before + 1, `${running} of ${wanted} tasks run, and are not healthy yet`);
  await resumeScaling(clients.scaling, outputs);
  await pointToService(clients.elb, outputs);
  return { done: of, of, says: "it is awake", isAwake: true };
}

/** Tasks that a preview is to have: 1 to 10. */
function desiredCount({ input }: Metadata): number {
  const { desired_count: wanted } = input.config ?? {};
  return typeof wanted === "number" && Number.isInteger(wanted) && wanted >= 1 && wanted <= 10 ? wanted : 1;
}

async function startDatabase(rds: RDSClient, DBInstanceIdentifier: string): Promise<string> {
  const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
  const status = DBInstances?.[0]?.DBInstanceStatus ?? "unknown";
  if (status !== "stopped") return status;
  try {
    await rds.send(new StartDBInstanceCommand({ DBInstanceIdentifier }));
  } catch (error) {
    // Another caller was faster.
    if (!/InvalidDBInstanceState/.test(String((error as { name?: unknown }).name))) throw error;
  }
  return "starting";
}

async function startTasks(ecs: ECSClient, { cluster, service }: Outputs, wanted: number): Promise<number> {
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
  const [found] = services ?? [];
  if (found?.status !== "ACTIVE") throw new Error(`service ${service} is not there`);
  if ((found.desiredCount ?? 0) < wanted)
    await ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount: wanted }));
  return found.runningCount ?? 0;
}

async function isHealthy(elb: ElasticLoadBalancingV2Client, TargetGroupArn: string): Promise<boolean> {
  const { TargetHealthDescriptions = [] } = await elb.send(
    new DescribeTargetHealthCommand({ TargetGroupArn }),
  );
  return TargetHealthDescriptions.some(({ TargetHealth }) => TargetHealth?.State === "healthy");
}

async function pointToService(
  elb: ElasticLoadBalancingV2Client,
  { listener_rule: RuleArn, target_group: own, wake_target_group: page }: Outputs,
): Promise<void> {
  await elb.send(
    new ModifyRuleCommand({
      RuleArn,
      Actions: [
        {
          Type: "forward",
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: own, Weight: 100 },
              { TargetGroupArn: page, Weight: 0 },
            ],
          },
        },
      ],
    }),
  );
}
