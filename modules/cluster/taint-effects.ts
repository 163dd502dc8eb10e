import type { NodeTaint } from "./node-group-options";

/** Effects of taints as Kubernetes writes them, by EKS's names. */
export const TAINT_EFFECTS = {
  NO_SCHEDULE: "NoSchedule",
  NO_EXECUTE: "NoExecute",
  PREFER_NO_SCHEDULE: "PreferNoSchedule",
} as const satisfies Readonly<Record<NodeTaint["effect"], string>>;
