import type { EksAddon } from "../eks-addon";

/**
 * Sends metrics of nodes and pods, and the logs of containers, to CloudWatch: Container Insights. Its metrics cost by the
 * observation and its logs by the gigabyte.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/install-CloudWatch-Observability-EKS-addon.html
 */
export const amazonCloudWatchObservability = {
  name: "amazon-cloudwatch-observability",
  build: "v5.4.0-eksbuild.1",
  stands: "after-nodes",
  rights: {
    namespace: "amazon-cloudwatch",
    serviceAccount: "cloudwatch-agent",
    policy: "CloudWatchAgentServerPolicy",
  },
} as const satisfies EksAddon;
