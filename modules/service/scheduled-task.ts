import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { type Fault, type PolicyStatement, partitionOf, SynthError } from "../core";
import { deadLetterQueue } from "./dead-letter-queue";
import { FargateTask, type FargateTaskProps, fargateTaskFaults } from "./fargate-task";
import { fitted, SERVICE_NAMES } from "./names";
import { type Schedule, scheduleFaults } from "./schedule";
import { SchedulerRole } from "./scheduler-role";

/** Properties of {@link ScheduledTask}. */
export interface ScheduledTaskProps extends FargateTaskProps {
  /** The cluster that it runs in, which offers `FARGATE` and `FARGATE_SPOT`. */
  readonly cluster: { readonly arn: string; readonly name: string };

  /** VPC of the task. */
  readonly vpcId: string;

  /** Subnets of the task: private ones, which reach the image's registry by NAT or endpoints. */
  readonly subnetIds: readonly string[];

  /** When it runs. */
  readonly schedule: Schedule;

  /**
   * Group of the schedule.
   *
   * @default "default", which every account has
   */
  readonly scheduleGroup?: string;

  /**
   * Times that a task is started again when ECS refused to start it, 0 to 185. A task that ran and failed is not
   * started again.
   *
   * @default 3
   */
  readonly retries?: number;

  /**
   * Seconds after its time in which it may still start, 60 to 86400.
   *
   * @default 3600
   */
  readonly maxAgeSeconds?: number;

  /**
   * Whether somebody else turns the schedule on and off: Terraform then ignores it.
   *
   * @default false
   */
  readonly stateChangesOutside?: boolean;

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
export class ScheduledTask extends Construct {
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
    const { name, cluster, vpcId, schedule, region, account, capacity = "on-demand" } = props;
    this.task = new FargateTask(this, "task", props);
    this.scheduleGroup = props.scheduleGroup ?? "default";
    const group = new SecurityGroup(this, "security-group", {
      name: `${name}-tasks`,
      description: `Tasks of ${name}`,
      vpcId,
      tags: { Name: `${name}-tasks` },
    });
    this.securityGroupId = group.id;
    new VpcSecurityGroupEgressRule(this, "out", {
      securityGroupId: group.id,
      description: "What the code calls",
      ipProtocol: "-1",
      cidrIpv4: "0.0.0.0/0",
    });
    this.deadLetterQueueArn = deadLetterQueue(this, "dead-letters", fitQueue(name)).arn;
    const role = new SchedulerRole(this, "scheduler", {
      name,
      region,
      account,
      groupName: this.scheduleGroup,
      deadLetterQueueArn: this.deadLetterQueueArn,
    });
    for (const statement of startStatements(props, this.task)) role.allow(statement);
    const made = new SchedulerSchedule(this, "schedule", {
      name: fitted(SERVICE_NAMES.schedule, name),
      groupName: this.scheduleGroup,
      description: `Starts ${name}`,
      scheduleExpression: schedule.expression,
      scheduleExpressionTimezone: schedule.timezone ?? "UTC",
      flexibleTimeWindow: { mode: "OFF" },
      state: "ENABLED",
      target: {
        arn: cluster.arn,
        roleArn: role.roleArn,
        retryPolicy: {
          maximumRetryAttempts: props.retries ?? 3,
          maximumEventAgeInSeconds: props.maxAgeSeconds ?? 3600,
        },
        deadLetterConfig: { arn: this.deadLetterQueueArn },
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
      dependsOn: [role.policy],
      ...(props.stateChangesOutside === true ? { lifecycle: { ignoreChanges: ["state"] } } : {}),
    });
    this.scheduleName = made.name;
  }

  /** Adds a statement to what its code may do. */
  allow(statement: PolicyStatement): void {
    this.task.allow(statement);
  }
}

/** A queue's name has 80 characters at most. */
function fitQueue(name: string): string {
  return fitted({ ...SERVICE_NAMES.schedule, maxLength: 80 }, `${name}-dead-letters`);
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
  const { retries = 3, maxAgeSeconds = 3600, subnetIds } = props;
  const faults: Fault[] = [...fargateTaskFaults(props), ...scheduleFaults(props.schedule)];
  if (!Number.isInteger(retries) || retries < 0 || retries > 185) {
    faults.push({ what: `retries is ${retries}`, instead: "use a whole number of 0 to 185, e.g. 3" });
  }
  if (!Number.isInteger(maxAgeSeconds) || maxAgeSeconds < 60 || maxAgeSeconds > 86_400) {
    faults.push({
      what: `maxAgeSeconds is ${maxAgeSeconds}`,
      instead: "use a whole number of 60 to 86400, e.g. 3600",
    });
  }
  if (!Token.isUnresolved(subnetIds) && subnetIds.length === 0) {
    faults.push({ what: "subnetIds is empty", instead: "give the private subnets of the VPC" });
  }
  return faults;
}
