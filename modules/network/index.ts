export * from "./cidr";
export * from "./contract";
export type { EndpointAccess } from "./endpoint-policy";
export type { GatewayService } from "./endpoint-services";
export { Endpoints } from "./endpoints";
export type {
  BucketFlowLogOptions,
  FlowLogEncryption,
  FlowLogOptions,
  FlowLogTraffic,
  LogGroupFlowLogOptions,
} from "./flow-log-options";
export { FlowLogs } from "./flow-logs";
export { HostedZone, type HostedZoneLookupOptions, type IHostedZone } from "./hosted-zone";
export { type IVpc, placedIn, type VpcAttributes, type VpcPlace } from "./imported-vpc";
export { NatGateways } from "./nat";
export type { NatStrategy } from "./nat-placement";
export { ipv6Slot, subnetRange, TIERS, type Tier } from "./slots";
export { Subnet } from "./subnet";
export { subnetsByZone, type TierSubnets } from "./subnets-by-zone";
export { Vpc } from "./vpc";
export type { VpcLookupOptions } from "./vpc-lookup";
export type { VpcProps } from "./vpc-props";
export { regionOf, zoneSlot } from "./zones";
