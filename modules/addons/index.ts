export * from "./catalog";
export {
  type AddonCluster,
  bridgeName,
  type Chart,
  type ChartAddon,
  type ChartInstallation,
  RESTRICTED_CONTAINER,
} from "./chart-addon";
export * from "./eks-addon";
export * from "./enabled";
export * from "./settings";
export { type HostedZones, hostedZones } from "./zones";
