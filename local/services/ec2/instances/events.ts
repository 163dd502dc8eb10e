import type { AwsCaller } from "../../../gateway/caller";
import type { InstanceState, ListedInstance } from "./listed";

/** What EC2 tells beforehand of an instance of spot capacity. */
export type Notice = "interruption" | "rebalance";

const TYPES: Readonly<Record<Notice, string>> = {
  interruption: "EC2 Spot Instance Interruption Warning",
  rebalance: "EC2 Instance Rebalance Recommendation",
};

/**
 * Sends the events that EC2 sends of an instance to EventBridge; what nobody listens to is no matter.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html
 */
export async function noteState(
  caller: AwsCaller,
  { id, region, account }: ListedInstance,
  state: InstanceState | Notice,
): Promise<void> {
  const type = state === "interruption" || state === "rebalance" ? TYPES[state] : undefined;
  await caller
    .event({
      Source: "aws.ec2",
      DetailType: type ?? "EC2 Instance State-change Notification",
      Resources: [`arn:aws:ec2:${region}:${account}:instance/${id}`],
      Detail: JSON.stringify({
        "instance-id": id,
        ...(state === "interruption" ? { "instance-action": "terminate" } : {}),
        ...(type === undefined ? { state } : {}),
      }),
    })
    .catch(() => undefined);
}
