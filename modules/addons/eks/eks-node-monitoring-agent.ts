import type { EksAddon } from "../eks-addon";

/**
 * Reads the logs of nodes for what ails them (kernel, network, storage, runtime, GPUs) and says so in their conditions, by
 * which the groups' repair replaces them. It uses no AWS API.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/node-health.html
 */
export const eksNodeMonitoringAgent = {
  name: "eks-node-monitoring-agent",
  build: "v1.7.0-eksbuild.1",
  stands: "after-nodes",
} as const satisfies EksAddon;
