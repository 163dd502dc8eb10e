export * from "./cidr";
export * from "./contract";
export type { EndpointOptions, GatewayService } from "./endpoints";
export type { FlowLogOptions } from "./flow-logs";
export type { NatStrategy } from "./nat";
export * from "./retention";
export { ipv6Slot, subnetRange, type Tier, zoneSlot } from "./slots";
export { Subnet } from "./subnet";
export * from "./vpc";
