import { DataAwsSubnet } from "@cdktf/provider-aws/lib/data-aws-subnet";
import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import { Construct } from "constructs";
import { type Fault, SynthError, type Tags } from "../core";
import type { IVpc } from "./imported-vpc";
import { TIERS, type Tier } from "./slots";
import { zoneFaults } from "./zones";

/** What a VPC is looked up by: its id, its name or its tags, which only one VPC of the Region may have. */
export interface VpcLookupOptions {
  /** Id of the VPC. @default - any id */
  readonly vpcId?: string;

  /** Its tag `Name`. @default - any name */
  readonly vpcName?: string;

  /** Its tags. @default - any tags */
  readonly tags?: Tags;

  /** Availability zones whose subnets are looked up, e.g. `us-east-1a`; the lists of subnets have their order. */
  readonly availabilityZones: readonly string[];

  /**
   * Tiers whose subnets are looked up.
   *
   * @default ["public", "private"]
   */
  readonly tiers?: readonly Tier[];

  /**
   * Tags of a tier's subnets, which one subnet of each zone has, e.g. `{ private: { "kubernetes.io/role/internal-elb": "1" } }`.
   *
   * @default { Tier: tier } - as `Vpc` writes it
   */
  readonly subnetTags?: Readonly<Partial<Record<Tier, Tags>>>;
}

/** Looks a VPC and its subnets up when Terraform plans. @throws SynthError with every fault of the options. */
export function lookedUpVpc(scope: Construct, id: string, options: VpcLookupOptions): IVpc {
  const { availabilityZones, tiers = ["public", "private"], subnetTags = {} } = options;
  const place = new Construct(scope, id);
  const faults = lookupFaults(options);
  if (faults.length > 0) throw new SynthError(place, faults);
  const vpc = new DataAwsVpc(place, "vpc", {
    ...(options.vpcId === undefined ? {} : { id: options.vpcId }),
    ...tagsOf(options),
  });
  const subnetsOf = (tier: Tier) =>
    tiers.includes(tier)
      ? availabilityZones.map(
          (zone) =>
            new DataAwsSubnet(place, `${tier}-${zone}`, {
              vpcId: vpc.id,
              availabilityZone: zone,
              tags: { ...(subnetTags[tier] ?? { Tier: tier }) },
            }).id,
        )
      : [];
  return {
    vpcId: vpc.id,
    cidr: vpc.cidrBlock,
    availabilityZones,
    publicSubnetIds: subnetsOf("public"),
    privateSubnetIds: subnetsOf("private"),
    isolatedSubnetIds: subnetsOf("isolated"),
  };
}

function tagsOf({ vpcName, tags }: VpcLookupOptions): { readonly tags?: Record<string, string> } {
  if (vpcName === undefined && tags === undefined) return {};
  return { tags: { ...tags, ...(vpcName === undefined ? {} : { Name: vpcName }) } };
}

function lookupFaults(options: VpcLookupOptions): readonly Fault[] {
  const { vpcId, vpcName, tags = {}, availabilityZones, tiers = [] } = options;
  const faults: Fault[] = [];
  if (vpcId === undefined && vpcName === undefined && Object.keys(tags).length === 0) {
    faults.push({
      what: "neither vpcId, vpcName nor tags say which VPC",
      instead: 'use e.g. vpcName: "dev"',
    });
  }
  if (vpcId !== undefined && !vpcId.includes("${") && !/^vpc-[0-9a-z-]+$/.test(vpcId)) {
    faults.push({
      what: `vpcId is ${JSON.stringify(vpcId)}`,
      instead: 'use e.g. "vpc-0123456789abcdef0", or vpcName',
    });
  }
  faults.push(...zoneFaults(availabilityZones));
  for (const tier of tiers.filter((one) => !TIERS.includes(one))) {
    faults.push({ what: `${JSON.stringify(tier)} is no tier`, instead: `use one of ${TIERS.join(", ")}` });
  }
  return faults;
}
