import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import { type Fault, type PolicyStatement, partitionOf, SynthError } from "../core";
import { Grantable, namedStatements } from "../identity/grantable";
import { egressToAll } from "../network/egress";
import { type DeliveryProps, deliveryFaults, scheduledDelivery } from "./delivery";
import { FargateTask, type FargateTaskProps, fargateTaskFaults } from "./fargate-task";
import type { IFargateCluster } from "./imported";

/** Properties of {@link ScheduledTask}. */
export interface ScheduledTaskProps extends FargateTaskProps, DeliveryProps {
  /** The cluster that it runs in, which offers `FARGATE` and `FARGATE_SPOT`. */
  readonly cluster: IFargateCluster;

  /** VPC of the task. */
  readonly vpcId: string;

  /** Subnets of the task: private ones, which reach the image's registry by NAT or endpoints. */
  readonly subnetIds: readonly string[];

  /**
   * Capacity: on demand, or spot, which costs up to 70 % less and may end a task with two minutes' notice.
   *
   * @default "on-demand"
   */
  readonly capacity?: "on-demand" | "spot";
}

/**
 * A task of Fargate that EventBridge Scheduler starts: in a time zone, again where ECS had no capacity, and what could
 * not be started stands in a queue.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/tasks-scheduled-eventbridge-scheduler.html
 */
export class ScheduledTask extends Grantable {
  /** Name of the schedule. */
  readonly scheduleName: string;

  /** Group of the schedule. */
  readonly scheduleGroup: string;

  /** Security group of the task: what others let in. */
  readonly securityGroupId: string;

  /** ARN of the queue of what could not be started. */
  readonly deadLetterQueueArn: string;

  /** What it is made of. */
  readonly task: FargateTask;

  /** @throws SynthError with every fault of the properties. */
  constructor(scope: Construct, id: string, props: ScheduledTaskProps) {
    super(scope, id);
    const faults = scheduledTaskFaults(props);
    if (faults.length > 0) throw new SynthError(this, faults);
    const { name, cluster, vpcId, capacity = "on-demand" } = props;
    this.task = new FargateTask(this, "task", props);
    const group = new SecurityGroup(this, "security-group", {
      name: `${name}-tasks`,
      description: `Tasks of ${name}`,
      vpcId,
      tags: { Name: `${name}-tasks` },
    });
    this.securityGroupId = group.id;
    egressToAll(this, "out", group, "What the code calls");
    const delivery = scheduledDelivery(this, {
      ...props,
      description: `Starts ${name}`,
      statements: startStatements(props, this.task),
      target: {
        arn: cluster.arn,
        ecsParameters: {
          taskDefinitionArn: this.task.taskDefinitionArn,
          taskCount: 1,
          capacityProviderStrategy: [
            { capacityProvider: capacity === "spot" ? "FARGATE_SPOT" : "FARGATE", weight: 1 },
          ],
          platformVersion: "LATEST",
          propagateTags: "TASK_DEFINITION",
          enableEcsManagedTags: true,
          enableExecuteCommand: props.exec ?? false,
          networkConfiguration: {
            subnets: [...props.subnetIds],
            securityGroups: [this.securityGroupId],
            assignPublicIp: false,
          },
        },
      },
    });
    this.scheduleName = delivery.scheduleName;
    this.scheduleGroup = delivery.scheduleGroup;
    this.deadLetterQueueArn = delivery.deadLetterQueueArn;
  }

  /** Adds a statement to what its code may do. */
  allow(statement: PolicyStatement): void {
    this.task.allow(statement);
  }

  protected addGrant(name: string, statements: readonly PolicyStatement[]): void {
    for (const statement of namedStatements(name, statements)) this.allow(statement);
  }
}

/** What the schedule needs to start the task: any revision of it, in this cluster, with its two roles. */
function startStatements(
  { cluster, region, account, name }: ScheduledTaskProps,
  task: FargateTask,
): readonly PolicyStatement[] {
  const ecs = `arn:${partitionOf(region)}:ecs:${region}:${account}`;
  return [
    {
      Sid: "Start",
      Effect: "Allow",
      Action: "ecs:RunTask",
      Resource: [`${ecs}:task-definition/${name}`, `${ecs}:task-definition/${name}:*`],
      Condition: { ArnEquals: { "ecs:cluster": cluster.arn } },
    },
    {
      Sid: "TagStarted",
      Effect: "Allow",
      Action: "ecs:TagResource",
      Resource: `${ecs}:task/*`,
      Condition: { StringEquals: { "ecs:CreateAction": "RunTask" } },
    },
    {
      Sid: "PassRoles",
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource: [task.roles.executionRoleArn, task.roles.taskRoleArn],
      Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
    },
  ];
}

/** Every fault of a scheduled task's properties. */
export function scheduledTaskFaults(props: ScheduledTaskProps): readonly Fault[] {
  const { subnetIds } = props;
  const faults: Fault[] = [...fargateTaskFaults(props), ...deliveryFaults(props)];
  if (!Token.isUnresolved(subnetIds) && subnetIds.length === 0) {
    faults.push({ what: "subnetIds is empty", instead: "give the private subnets of the VPC" });
  }
  return faults;
}
