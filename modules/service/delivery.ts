import { SchedulerSchedule, type SchedulerScheduleTarget } from "@cdktf/provider-aws/lib/scheduler-schedule";
import type { Construct } from "constructs";
import type { Fault, PolicyStatement } from "../core";
import { wholeFaults } from "../core/whole";
import { deadLetterQueue } from "./dead-letter-queue";
import { fitted, SERVICE_NAMES } from "./names";
import { type Schedule, scheduleFaults } from "./schedule";
import { SchedulerRole } from "./scheduler-role";

/** When EventBridge Scheduler calls a target, and how often it tries. */
export interface DeliveryProps {
  /** When it runs. */
  readonly schedule: Schedule;

  /**
   * Group of the schedule.
   *
   * @default "default", which every account has
   */
  readonly scheduleGroup?: string;

  /**
   * Times that a call is made again which AWS refused, 0 to 185. What ran and failed is not called again.
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
   * Minutes over which calls are spread, 1 to 1440, so that not all of a platform begin at once.
   *
   * @default - at its time
   */
  readonly flexibleMinutes?: number;

  /**
   * Whether somebody else turns the schedule on and off: Terraform then ignores it.
   *
   * @default false
   */
  readonly stateChangesOutside?: boolean;
}

/** What a schedule calls, and where. */
interface ScheduledDeliveryProps extends DeliveryProps {
  /** Begins the names of the schedule, its role and its queue. */
  readonly name: string;
  readonly region: string;
  readonly account: string;
  readonly description: string;

  /** What the schedule's role may do beside writing dead letters. */
  readonly statements: readonly PolicyStatement[];
  readonly target: Omit<SchedulerScheduleTarget, "roleArn" | "retryPolicy" | "deadLetterConfig">;
}

/** What was made for a schedule. */
interface ScheduledDelivery {
  readonly scheduleName: string;
  readonly scheduleGroup: string;
  readonly deadLetterQueueArn: string;
}

/** A schedule with its role, and a queue of what it could not deliver. */
export function scheduledDelivery(scope: Construct, props: ScheduledDeliveryProps): ScheduledDelivery {
  const { name, region, account, schedule, flexibleMinutes, scheduleGroup = "default" } = props;
  const queueName = fitted({ ...SERVICE_NAMES.schedule, maxLength: 80 }, `${name}-dead-letters`);
  const deadLetterQueueArn = deadLetterQueue(scope, "dead-letters", queueName).arn;
  const role = new SchedulerRole(scope, "scheduler", {
    name,
    region,
    account,
    groupName: scheduleGroup,
    deadLetterQueueArn,
  });
  for (const statement of props.statements) role.allow(statement);
  const made = new SchedulerSchedule(scope, "schedule", {
    name: fitted(SERVICE_NAMES.schedule, name),
    groupName: scheduleGroup,
    description: props.description,
    scheduleExpression: schedule.expression,
    scheduleExpressionTimezone: schedule.timezone ?? "UTC",
    flexibleTimeWindow:
      flexibleMinutes === undefined
        ? { mode: "OFF" }
        : { mode: "FLEXIBLE", maximumWindowInMinutes: flexibleMinutes },
    state: "ENABLED",
    target: {
      ...props.target,
      roleArn: role.roleArn,
      retryPolicy: {
        maximumRetryAttempts: props.retries ?? 3,
        maximumEventAgeInSeconds: props.maxAgeSeconds ?? 3600,
      },
      deadLetterConfig: { arn: deadLetterQueueArn },
    },
    dependsOn: [role.policy],
    ...(props.stateChangesOutside === true ? { lifecycle: { ignoreChanges: ["state"] } } : {}),
  });
  return { scheduleName: made.name, scheduleGroup, deadLetterQueueArn };
}

/** Every fault of a delivery: what EventBridge Scheduler would refuse at apply. */
export function deliveryFaults(props: DeliveryProps): readonly Fault[] {
  const { retries = 3, maxAgeSeconds = 3600, flexibleMinutes = 1 } = props;
  return [
    ...scheduleFaults(props.schedule),
    ...wholeFaults("retries", retries, 0, 185, 3),
    ...wholeFaults("maxAgeSeconds", maxAgeSeconds, 60, 86_400, 3600),
    ...wholeFaults("flexibleMinutes", flexibleMinutes, 1, 1440, 15),
  ];
}
