import { defineContract } from "../core";

/**
 * What the network stack tells the other stacks of its environment.
 *
 * Subnets and their route tables stand in the order of `availabilityZones`, so that the first of each
 * belongs to the first zone; a tier that the VPC lacks is an empty list.
 */
export const NETWORK = defineContract("network", {
  vpcId: "string",
  cidr: "string",
  availabilityZones: "strings",

  /** For load balancers that face the internet. */
  publicSubnetIds: "strings",
  /** For nodes, pods, functions and tasks. */
  privateSubnetIds: "strings",
  /** For pods alone, in a range of their own; empty without one. */
  podSubnetIds: "strings",
  /** For databases and caches. */
  isolatedSubnetIds: "strings",

  /** For routes to other networks, and for endpoints that come later. */
  publicRouteTableIds: "strings",
  privateRouteTableIds: "strings",
  isolatedRouteTableIds: "strings",

  /** Addresses from which private subnets reach the internet; empty with NAT `none` and `regional`. */
  natPublicIps: "strings",

  /** The security group of the interface endpoints; empty without any. */
  endpointSecurityGroupIds: "strings",
});
