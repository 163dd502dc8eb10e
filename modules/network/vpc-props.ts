import { Token } from "cdktf";
import { type Fault, Faults } from "../core/errors";
import { NAME_RULES, type NameRule, nameFaults } from "../core/names";
import { AWS_PROVIDER_VERSIONS, providerHas } from "../core/provider-versions";
import { cidrFaults } from "./cidr";
import { type EndpointAccess, endpointAccessFaults } from "./endpoint-policy";
import { endpointFaults, type GatewayService } from "./endpoint-services";
import { type FlowLogOptions, flowLogFaults } from "./flow-log-options";
import { ipamFaults } from "./ipam";
import { defaultNat, type NatStrategy, natFaults } from "./nat-placement";
import { podRangeFaults } from "./pod-range";
import { slotFaults, TIERS, type Tier } from "./slots";
import { zoneFaults } from "./zones";

/** Properties of {@link Vpc}. */
export interface VpcProps {
  /**
   * Name of the VPC, e.g. `groundplan-dev`; 1 to 40 characters.
   *
   * Begins the `Name` tag of everything in it, and the names of its flow logs' role and log group: a VPC
   * of the same name in the same account and Region needs another.
   */
  readonly name: string;

  /**
   * IPv4 range of the VPC, /16 to /24, e.g. `10.0.0.0/16`.
   *
   * Every subnet's range is carved from it at a fixed slot, so growing the VPC never moves a subnet.
   * {@link subnetRange} has the table of slots.
   */
  readonly cidr: string;

  /**
   * Id of the IPAM pool that the range is allocated from, e.g. `ipam-pool-0123456789abcdef0`: the pool refuses a range that
   * another network of the organization has. Setting it replaces the VPC.
   *
   * @default - none: nobody but the overlays compares ranges
   * @see https://docs.aws.amazon.com/vpc/latest/ipam/what-it-is-ipam.html
   */
  readonly ipamPoolId?: string;

  /**
   * A second IPv4 range for pods alone, /16 to /24, e.g. `100.64.0.0/16`: a subnet of each zone has an eighth of it, and the
   * way out of the zone's private subnet.
   *
   * @default - none: pods have addresses of the private subnets
   */
  readonly podCidr?: string;

  /**
   * Versions of the AWS provider that are taken, e.g. `6.x`; NAT `regional` needs 6.24.
   *
   * @default - `AWS_PROVIDER_VERSIONS`
   */
  readonly providerVersions?: string;

  /**
   * Availability zones, by name; 1 to 8 of one Region, e.g. `["us-east-1a", "us-east-1b"]`.
   *
   * Each has a subnet of every tier. Adding a zone, or writing them in another order, changes nothing
   * of the others. EKS asks for two or more.
   */
  readonly availabilityZones: readonly string[];

  /**
   * Tiers of subnets: `public` ones have addresses that the internet reaches, `private` ones go out
   * through NAT, `isolated` ones (for databases) have no route to the internet.
   *
   * @default ["public", "private"]
   */
  readonly tiers?: readonly Tier[];

  /**
   * How private subnets reach the internet: not at all (`none`), through one NAT gateway (`single`),
   * or through one in each zone (`per-az`), so that no zone depends on another, or through one of the whole Region that AWS
   * stretches over the zones in use (`regional`, AWS provider 6.24 and later; its addresses are AWS's to choose).
   *
   * @default "single", or "none" without both public and private subnets
   */
  readonly nat?: NatStrategy;

  /**
   * Zone of the one NAT gateway of `single`. Name it before a zone whose letter comes earlier is added:
   * else the gateway moves there, and private subnets reach the internet from another address.
   *
   * @default - the zone whose letter comes first, in whatever order they are written
   */
  readonly natZone?: string;

  /**
   * Elastic IPs of one's own for the NAT gateways, by zone, e.g. `{ "us-east-1a": "eipalloc-0123456789abcdef0" }`:
   * addresses that others have in their allow lists stay when the VPC is made anew. A zone that is not named gets
   * an address here. Setting it for a gateway that stands replaces the gateway.
   *
   * @default {} - an address is made for each gateway, and goes with it
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/WorkWithEIPs.html
   */
  readonly natAllocationIds?: Readonly<Record<string, string>>;

  /**
   * Adds IPv6: a /56 from Amazon, a /64 for each subnet, and for private subnets an egress-only
   * internet gateway.
   *
   * @default false
   */
  readonly ipv6?: boolean;

  /**
   * Flow logs of the whole VPC; `"none"` for a VPC without.
   *
   * @default - all traffic to CloudWatch Logs, kept for 30 days
   */
  readonly flowLogs?: FlowLogOptions | "none";

  /**
   * Services reached by a gateway endpoint: a route in every route table of the VPC, free of charge.
   *
   * @default ["s3", "dynamodb"]
   */
  readonly gatewayEndpoints?: readonly GatewayService[];

  /**
   * Services reached by an interface endpoint: an address in the private (else isolated) subnet of every
   * zone, by the short name, e.g. `["ecr.api", "ecr.dkr"]`. Each costs by the hour and zone.
   *
   * They take over the service's public name within the VPC, except those of S3 and DynamoDB, whose
   * gateway endpoints serve it.
   *
   * @default []
   */
  readonly interfaceEndpoints?: readonly string[];

  /**
   * Whose credentials pass the endpoints, and whose data they reach by them: `{ account }`, `{ organization }`, or anybody's
   * (`open`). What machines read of AWS (layers of images, packages of Amazon Linux) passes always. Endpoints that take no
   * policy stay open. To take a choice back, say `open`: left out, the policies that were written stay.
   *
   * @default - as AWS makes them: open
   */
  readonly endpointAccess?: EndpointAccess;

  /**
   * Names of buckets of others that may be read through the endpoints of S3, with `endpointAccess`.
   *
   * @default []
   */
  readonly readableBuckets?: readonly string[];
}

/** The properties with their defaults. */
export type ResolvedVpcProps = Required<Omit<VpcProps, Optional>> & Pick<VpcProps, Optional>;

type Optional = "natZone" | "ipamPoolId" | "podCidr" | "providerVersions" | "endpointAccess";

/** Fills in every default. */
export function resolveVpcProps(props: VpcProps): ResolvedVpcProps {
  const tiers = props.tiers ?? ["public", "private"];
  return {
    nat: defaultNat(tiers),
    ipv6: false,
    flowLogs: {},
    gatewayEndpoints: ["s3", "dynamodb"],
    interfaceEndpoints: [],
    readableBuckets: [],
    natAllocationIds: {},
    ...props,
    tiers,
  };
}

const VPC_NAME: NameRule = { ...NAME_RULES.environment, kind: "VPC name", minLength: 1, maxLength: 40 };

/**
 * Every fault of a VPC's properties. What only Terraform will know is not judged, except the range, the
 * zones and the services: constructs follow from them, so they must be written out.
 */
export function vpcFaults(props: ResolvedVpcProps): readonly Fault[] {
  const {
    name,
    cidr,
    availabilityZones: zones,
    tiers,
    interfaceEndpoints,
    gatewayEndpoints,
    flowLogs,
  } = props;
  const faults = new Faults();
  if (!Token.isUnresolved(name)) faults.addAll(nameFaults(VPC_NAME, name));
  if (Token.isUnresolved(cidr)) {
    faults.add("the VPC's range is known only to Terraform", 'write it out, e.g. "10.0.0.0/16"');
  } else {
    faults.addAll(cidrFaults(cidr));
  }
  if (Token.isUnresolved(zones) || zones.some((zone) => Token.isUnresolved(zone))) {
    const instead =
      'write them out, e.g. ["us-east-1a", "us-east-1b"]: an account\'s list of zones can change';
    faults.add("the VPC's availability zones are known only to Terraform", instead);
  } else {
    faults.addAll(zoneFaults(zones));
    faults.addAll(slotFaults(cidr, zones));
    faults.addAll(natFaults(props, tiers));
  }
  faults.addAll(tierFaults(tiers));
  faults.addAll(rangeFaults(props));
  if (props.nat === "regional" && !providerHas(props.providerVersions, REGIONAL_NAT)) {
    faults.add(
      `nat "regional" needs AWS provider ${REGIONAL_NAT}, and ${JSON.stringify(props.providerVersions ?? AWS_PROVIDER_VERSIONS)} takes older ones`,
      `set providers: { aws: "^${REGIONAL_NAT}" } in platform.ts, or use nat "per-az"`,
    );
  }
  if (
    Token.isUnresolved(interfaceEndpoints) ||
    interfaceEndpoints.some((service) => Token.isUnresolved(service))
  ) {
    faults.add("interfaceEndpoints are known only to Terraform", 'write them out, e.g. ["ecr.api"]');
  } else {
    faults.addAll(endpointFaults(gatewayEndpoints, interfaceEndpoints));
  }
  if (interfaceEndpoints.length > 0 && !tiers.includes("private") && !tiers.includes("isolated")) {
    const what = "interfaceEndpoints need private or isolated subnets, and the VPC has none";
    faults.add(what, 'add "private" to tiers, or leave interfaceEndpoints out');
  }
  faults.addAll(endpointAccessFaults(props.endpointAccess, props.readableBuckets));
  if (flowLogs !== "none") faults.addAll(flowLogFaults(flowLogs));
  return faults.all;
}

/** The first version of the AWS provider that has NAT gateways of a whole Region. */
const REGIONAL_NAT = "6.24.0";

function rangeFaults({ cidr, podCidr, ipamPoolId, tiers }: ResolvedVpcProps): readonly Fault[] {
  const faults: Fault[] = [];
  if (podCidr !== undefined) {
    faults.push(...podRangeFaults(podCidr, cidr));
    if (!tiers.includes("private")) {
      const what = "podCidr needs private subnets, whose way out pods take, and the VPC has none";
      faults.push({ what, instead: 'add "private" to tiers, or leave podCidr out' });
    }
  }
  if (ipamPoolId !== undefined) faults.push(...ipamFaults(ipamPoolId));
  return faults;
}

function tierFaults(tiers: readonly Tier[]): readonly Fault[] {
  const instead = 'use e.g. ["public", "private"]';
  if (tiers.length === 0) return [{ what: "the VPC has no tiers of subnets", instead }];
  const twice = new Set(tiers.filter((tier, index) => tiers.indexOf(tier) !== index));
  const unknown = tiers.filter((tier) => !TIERS.includes(tier));
  return [
    ...[...twice].map((tier) => ({
      what: `tier ${JSON.stringify(tier)} is listed twice`,
      instead: "list it once",
    })),
    ...unknown.map((tier) => ({ what: `${JSON.stringify(tier)} is not a tier of subnets`, instead })),
  ];
}
