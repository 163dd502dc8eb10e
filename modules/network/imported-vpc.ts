import { Token } from "cdktf";
import { SynthError } from "../core";
import { assertAttributes } from "../core/attributes";
import type { Tier } from "./slots";

/**
 * A VPC that others put something into: one made by `Vpc`, one that is there already, or what a network stack published
 * (`lookup(…, NETWORK)`).
 */
export interface IVpc {
  /** Id of the VPC. */
  readonly vpcId: string;

  /** IPv4 range, e.g. `10.0.0.0/16`. */
  readonly cidr: string;

  /** Availability zones, in the order of the subnets. */
  readonly availabilityZones: readonly string[];

  /** For load balancers that face the internet. */
  readonly publicSubnetIds: readonly string[];

  /** For nodes, pods, functions and tasks. */
  readonly privateSubnetIds: readonly string[];

  /** For databases and caches. */
  readonly isolatedSubnetIds: readonly string[];
}

/** What a VPC that is there already is known by; a tier that it lacks is left out. */
export type VpcAttributes = Pick<IVpc, "vpcId" | "cidr" | "availabilityZones"> &
  Partial<Pick<IVpc, "publicSubnetIds" | "privateSubnetIds" | "isolatedSubnetIds">>;

/** A VPC by its attributes. @throws SynthError with every fault of them. */
export function importedVpc(attributes: VpcAttributes): IVpc {
  const place = "Vpc.fromVpcAttributes";
  const vpc: IVpc = { publicSubnetIds: [], privateSubnetIds: [], isolatedSubnetIds: [], ...attributes };
  const example = "subnet-0123456789abcdef0";
  const subnets = [vpc.publicSubnetIds, vpc.privateSubnetIds, vpc.isolatedSubnetIds].filter(
    (ids) => !Token.isUnresolved(ids),
  );
  assertAttributes(place, [
    { name: "vpcId", value: vpc.vpcId, pattern: /^vpc-[0-9a-z-]+$/, example: "vpc-0123456789abcdef0" },
    { name: "cidr", value: vpc.cidr, pattern: /^\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}$/, example: "10.0.0.0/16" },
    ...subnets.flat().map((value) => ({ name: "subnet", value, pattern: /^subnet-[0-9a-z-]+$/, example })),
  ]);
  const zones = vpc.availabilityZones.length;
  const uneven = Token.isUnresolved(vpc.availabilityZones)
    ? []
    : subnets.filter((ids) => ids.length > 0 && ids.length !== zones);
  if (uneven.length > 0) {
    throw new SynthError(
      place,
      uneven.map((ids) => ({
        what: `a tier has ${ids.length} subnets, and the VPC ${zones} zones`,
        instead: "give one subnet of each zone, in the order of availabilityZones",
      })),
    );
  }
  return vpc;
}

/** Where something stands in a VPC, in the words of the constructs that take it: `...placedIn(vpc, "private")`. */
export interface VpcPlace {
  /** Id of the VPC. */
  readonly vpcId: string;

  /** IPv4 range of the VPC. */
  readonly vpcCidr: string;

  /** Subnets of the tier, in the order of the zones. */
  readonly subnetIds: readonly string[];
}

/**
 * The place of a tier of a VPC, as load balancers, services, scheduled tasks, databases and links of APIs take it.
 *
 * @example
 * new FargateService(stack, "shop", { ...placedIn(vpc, "private"), … });
 * @throws SynthError when the VPC has no subnets of the tier.
 */
export function placedIn(vpc: IVpc, tier: Tier): VpcPlace {
  const subnetIds = {
    public: vpc.publicSubnetIds,
    private: vpc.privateSubnetIds,
    isolated: vpc.isolatedSubnetIds,
  }[tier];
  if (!Token.isUnresolved(subnetIds) && subnetIds.length === 0) {
    throw new SynthError("placedIn", [
      { what: `the VPC has no ${tier} subnets`, instead: "use another tier, or add it to tiers of the Vpc" },
    ]);
  }
  return { vpcId: vpc.vpcId, vpcCidr: vpc.cidr, subnetIds };
}
