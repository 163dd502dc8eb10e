export * from "./access-faults";
export * from "./access-options";
export {
  ADDON_VERSIONS,
  ADDON_VERSIONS_CHECKED,
  ADDONS,
  type AddonName,
  OPTIONAL_ADDONS,
  type OptionalAddonName,
} from "./addon-versions";
export { AUTO_NODE_POOLS, type Compute } from "./auto-mode";
export { Cluster } from "./cluster";
export type { ClusterProps } from "./cluster-props";
export { clusterZoneFaults } from "./cluster-zones";
export * from "./contract";
export { endpointFaults } from "./endpoint";
export type { FargateProfileOptions, FargateSelector } from "./fargate-options";
export type { ClusterAttributes, ICluster } from "./imported-cluster";
export { type Architecture, architectureOf, FAMILIES_CHECKED } from "./instance-families";
export * from "./log-types";
export { NodeGroup } from "./node-group";
export { nodeGroupFaults, nodeGroupsFaults, nodeGroupWarnings } from "./node-group-faults";
export * from "./node-group-options";
export { NODE_IMAGES, type NodeImage } from "./node-images";
export * from "./versions";
