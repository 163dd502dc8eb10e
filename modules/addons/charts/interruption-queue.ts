import { partitionOf } from "../../core/partition";
import type { AddonCluster } from "../chart-addon";

/** ARN of the queue that AWS announces the end of instances in; it has the cluster's name. */
export function interruptionQueueArn({ clusterName, account, region }: AddonCluster): string {
  return `arn:${partitionOf(region)}:sqs:${region}:${account}:${clusterName}`;
}
