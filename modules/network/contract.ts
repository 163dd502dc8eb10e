import { defineContract } from "../core";

/** What the network stack tells the other stacks of its environment. */
export const NETWORK = defineContract("network", {
  vpcId: "string",
  cidr: "string",
  availabilityZones: "strings",
  publicSubnetIds: "strings",
  privateSubnetIds: "strings",
  isolatedSubnetIds: "strings",
  natPublicIps: "strings",
});
