export * from "./catalog";
export {
  type AddonCluster,
  bridgeName,
  type Chart,
  type ChartAddon,
  type ChartInstallation,
  RESTRICTED_CONTAINER,
} from "./chart-addon";
export type { CapacityReservation, NodePoolOptions, NodePools } from "./charts/node-pool-options";
export * from "./eks-addon";
export * from "./enabled";
export { type ReadableSecrets, readableSecrets } from "./readable-secrets";
export * from "./settings";
export { type HostedZones, hostedZones, optionalZones } from "./zones";
