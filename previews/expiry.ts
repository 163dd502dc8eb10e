import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import { conditional, Fn, Op } from "cdktf";
import { Construct } from "constructs";
import type { PreviewInput } from "./input";
import type { Shared } from "./shared";

/** Properties of {@link ExpirySchedule}. */
export interface ExpiryScheduleProps {
  readonly input: PreviewInput;
  readonly shared: Shared;
}

/**
 * Ends a preview at the second at which its time is over: a schedule that fires once, and calls the function that
 * starts the destroy. Without that function the sweep does it, some hours later.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#one-time
 */
export class ExpirySchedule extends Construct {
  constructor(scope: Construct, id: string, { input, shared }: ExpiryScheduleProps) {
    super(scope, id);
    const schedule = new SchedulerSchedule(this, "schedule", {
      name: input.name,
      groupName: shared.scheduleGroup,
      description: `Ends preview ${input.name}`,
      scheduleExpression: `at(${input.expiresAt.slice(0, 19)})`,
      scheduleExpressionTimezone: "UTC",
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: shared.expireFunctionArn,
        roleArn: shared.schedulerRoleArn,
        input: JSON.stringify({
          format: "groundplan-preview-expire",
          version: 1,
          name: input.name,
          expiresAt: input.expiresAt,
        }),
        retryPolicy: { maximumRetryAttempts: 10, maximumEventAgeInSeconds: 3600 },
        deadLetterConfig: { arn: shared.deadLetterQueueArn },
      },
    });
    // CDKTF 0.21 writes a comparison with "" or 0 as one with `undefined`.
    schedule.addOverride("count", conditional(Op.gte(Fn.lengthOf(shared.expireFunctionArn), 1), 1, 0));
  }
}
