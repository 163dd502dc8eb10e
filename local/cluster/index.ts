export { type ClusterDescription, clusterDescription } from "./description";
export { type ClusterStatus, clusterDown, clusterStatus, clusterUp } from "./lifecycle";
export type { ClusterOptions, ClusterSource } from "./options";
export {
  ACTIONS,
  type AssetName,
  CONTROL_PLANE,
  GITOPS,
  LINTERS,
  type ToolName,
} from "./programs";
export { buildTools, kubernetesVersion, toolPath, toolsDirectory } from "./tools";
