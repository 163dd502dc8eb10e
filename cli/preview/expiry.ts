import { GetScheduleCommand, SchedulerClient, UpdateScheduleCommand } from "@aws-sdk/client-scheduler";
import { nameOf, unreachable } from "../aws/errors";

/**
 * Moves the schedule that ends a preview, if it has one: the sweep alone ends it else.
 *
 * @param group - group of the previews' schedules.
 * @returns whether it has one.
 */
export async function moveExpiry(
  name: string,
  group: string,
  region: string,
  expiresAt: string,
): Promise<boolean> {
  const scheduler = new SchedulerClient({ region });
  try {
    const { Target, FlexibleTimeWindow, Description, ScheduleExpressionTimezone } = await scheduler.send(
      new GetScheduleCommand({ Name: name, GroupName: group }),
    );
    await scheduler.send(
      new UpdateScheduleCommand({
        Name: name,
        GroupName: group,
        Description,
        ScheduleExpressionTimezone,
        // The rest is as it was: an update replaces all of it.
        Target: Target && {
          ...Target,
          Input: JSON.stringify({ format: "groundplan-preview-expire", version: 1, name, expiresAt }),
        },
        FlexibleTimeWindow: FlexibleTimeWindow ?? { Mode: "OFF" },
        ScheduleExpression: `at(${expiresAt.slice(0, 19)})`,
      }),
    );
    return true;
  } catch (error) {
    if (nameOf(error) === "ResourceNotFoundException") return false;
    throw unreachable(error);
  }
}
