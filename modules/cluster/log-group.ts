import type { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import type { Construct } from "constructs";
import { logGroup } from "../observability/log-group";

/**
 * The log group of a cluster. EKS writes into the group of this name, and makes one that keeps everything for
 * ever when there is none: so it stands before the cluster.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
 */
export function clusterLogGroup(
  scope: Construct,
  clusterName: string,
  retentionDays: number,
): CloudwatchLogGroup {
  return logGroup(scope, "log-group", { name: `/aws/eks/${clusterName}/cluster`, retentionDays });
}
