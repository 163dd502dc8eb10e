import type { AwsCaller } from "../../../gateway/caller";
import type { InstanceState, ListedInstance } from "./listed";

/**
 * Sends the events that EC2 sends of an instance to EventBridge; what nobody listens to is no matter.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
 */
export async function noteState(
  caller: AwsCaller,
  { id, region, account }: ListedInstance,
  state: InstanceState | "interrupted",
): Promise<void> {
  const isNotice = state === "interrupted";
  await caller
    .json("events", "AWSEvents.PutEvents", {
      Entries: [
        {
          Source: "aws.ec2",
          DetailType: isNotice
            ? "EC2 Spot Instance Interruption Warning"
            : "EC2 Instance State-change Notification",
          Resources: [`arn:aws:ec2:${region}:${account}:instance/${id}`],
          Detail: JSON.stringify({
            "instance-id": id,
            ...(isNotice ? { "instance-action": "terminate" } : { state }),
          }),
        },
      ],
    })
    .catch(() => undefined);
}
