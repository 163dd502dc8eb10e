export { type ClusterDescription, clusterDescription } from "./description";
export { clusterDown, clusterStatus, clusterUp } from "./lifecycle";
export type { ClusterOptions, ClusterSource, NodesOption } from "./options";
export {
  ACTIONS,
  ALL_NODES,
  type AssetName,
  CONTROL_PLANE,
  GITOPS,
  LINTERS,
  type ToolName,
} from "./programs";
export { nodeObstacle } from "./real-node/obstacles";
export type { ClusterStatus, NodeStatus } from "./status";
export { buildTools, kubernetesVersion, toolPath, toolsDirectory } from "./tools";
