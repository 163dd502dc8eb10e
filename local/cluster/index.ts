export { type ClusterDescription, clusterDescription } from "./description";
export { type ClusterStatus, clusterDown, clusterStatus, clusterUp } from "./lifecycle";
export type { ClusterOptions, ClusterSource } from "./options";
export {
  ACTIONS,
  type AssetName,
  buildTools,
  CONTROL_PLANE,
  GITOPS,
  kubernetesVersion,
  LINTERS,
  type ToolName,
  toolPath,
  toolsDirectory,
} from "./tools";
