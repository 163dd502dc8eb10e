/**
 * Logs that the control plane of EKS can write.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
 */
export const LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"] as const;

/** A log of the control plane. */
export type ClusterLogType = (typeof LOG_TYPES)[number];
