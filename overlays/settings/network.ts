import { cidrFaults } from "@groundplan/modules/network/cidr";
import { type EndpointAccess, endpointAccessFaults } from "@groundplan/modules/network/endpoint-policy";
import { ipamFaults } from "@groundplan/modules/network/ipam";
import { type NatStrategy, natFaults } from "@groundplan/modules/network/nat-placement";
import { podRangeFaults } from "@groundplan/modules/network/pod-range";
import { slotFaults } from "@groundplan/modules/network/slots";
import { isLogRetention, LOG_RETENTION_DAYS } from "@groundplan/modules/observability/retention";
import type { OverlayFaults } from "../overlay-faults";

/** The environment's VPC. */
export interface NetworkSettings {
  /** IPv4 range, /16 to /24; overlaps with no other environment's, so that they can be peered. */
  readonly cidr: string;

  /**
   * IPAM pool that the range is allocated from, e.g. `ipam-pool-0123456789abcdef0`; setting it replaces the VPC.
   *
   * @default - none
   */
  readonly ipamPoolId?: string;

  /**
   * A second range for pods alone, /16 to /24, e.g. `100.64.0.0/16`; needs `cluster.prefixDelegation`.
   *
   * @default - none: pods have addresses of the private subnets
   */
  readonly podCidr?: string;

  /** Availability zones, by name: an account's zones of the same name stay the same. 1 to 8. */
  readonly availabilityZones: readonly string[];

  /** NAT gateways: `none`, one for all zones (`single`), one for each (`per-az`), or one of the Region (`regional`, AWS provider 6.24). */
  readonly nat: NatStrategy;

  /**
   * Zone of the one NAT gateway of `single`. Name it before adding a zone whose letter comes earlier, or the gateway moves there.
   *
   * @default - the zone whose letter comes first
   */
  readonly natZone?: string;

  /**
   * Elastic IPs of one's own for the NAT gateways by zone, e.g. `{ "us-east-1a": "eipalloc-0123456789abcdef0" }`; they outlive the VPC.
   *
   * @default - an address is made for each gateway
   */
  readonly natAllocationIds?: Readonly<Record<string, string>>;

  /** Adds a tier of subnets without any route to the internet. */
  readonly isolatedSubnets: boolean;

  /** Adds IPv6 (dual stack). */
  readonly ipv6: boolean;

  /** Services reached through an interface endpoint in the VPC, e.g. `ecr.api`; each costs by the hour and zone. */
  readonly interfaceEndpoints: readonly string[];

  /**
   * Whose credentials pass the endpoints, and whose data they reach by them: anybody's (`open`), those of the environment's
   * `account`, or of an organization by its id, e.g. `o-a1b2c3d4e5`. To take a choice back, say `open`.
   *
   * @default - as AWS makes them: open
   */
  readonly endpointAccess?: "open" | "account" | `o-${string}`;

  /** Names of buckets of others that may be read in spite of `endpointAccess`. */
  readonly readableBuckets: readonly string[];

  readonly flowLogs: FlowLogSettings;
}

/** The VPC's flow logs. */
export interface FlowLogSettings {
  /** Where they go; `none` turns them off. */
  readonly destination: "cloudwatch" | "s3" | "none";

  /** Days after which they are deleted; for CloudWatch one of the values that it offers. */
  readonly retentionDays: number;

  /** Encrypts them with a KMS key of their own. */
  readonly encrypted: boolean;
}

/** Defaults of {@link NetworkSettings}; zones stand beside the Region in `overlays/base`, and the range is each environment's own. */
export const networkDefaults: Omit<NetworkSettings, "cidr" | "availabilityZones"> = {
  nat: "single",
  isolatedSubnets: false,
  ipv6: false,
  interfaceEndpoints: [],
  readableBuckets: [],
  flowLogs: { destination: "cloudwatch", retentionDays: 30, encrypted: false },
};

/** Who passes the endpoints, with the account written out. */
export function endpointAccessOf(
  access: NetworkSettings["endpointAccess"],
  account: string,
): EndpointAccess | undefined {
  if (access === undefined || access === "open") return access;
  return access === "account" ? { account } : { organization: access };
}

/** Reports what is wrong with the network of an overlay. */
export function checkNetwork(
  faults: OverlayFaults,
  network: NetworkSettings,
  { region, account }: { readonly region: string; readonly account: string },
): void {
  for (const fault of cidrFaults(network.cidr))
    faults.add("network.cidr", network.cidr, fault.what, fault.instead);

  if (network.podCidr !== undefined) faults.addAll("network", podRangeFaults(network.podCidr, network.cidr));
  if (network.ipamPoolId !== undefined) faults.addAll("network", ipamFaults(network.ipamPoolId));

  const zones = network.availabilityZones;
  if (zones.length < 1) {
    faults.add(
      "network.availabilityZones",
      zones,
      "a VPC needs a zone",
      `use e.g. ["${region}a", "${region}b"]`,
    );
  }
  faults.distinct("network.availabilityZones", zones);
  for (const fault of slotFaults(network.cidr, zones)) {
    faults.add("network.cidr", network.cidr, fault.what, fault.instead);
  }
  for (const zone of zones) {
    if (zone.slice(0, -1) === region && /[a-h]$/.test(zone)) continue;
    faults.add(
      "network.availabilityZones",
      zone,
      `not an availability zone of ${region}`,
      `use e.g. "${region}a"`,
    );
  }

  for (const fault of natFaults(network, ["public", "private"]))
    faults.add(
      fault.what.startsWith("natAllocationIds") ? "network.natAllocationIds" : "network.natZone",
      fault.what.startsWith("natAllocationIds") ? network.natAllocationIds : network.natZone,
      fault.what,
      fault.instead,
    );

  const { destination, retentionDays } = network.flowLogs;
  if (destination === "cloudwatch" && !isLogRetention(retentionDays)) {
    const valid = `use one of ${LOG_RETENTION_DAYS.join(", ")}`;
    faults.add("network.flowLogs.retentionDays", retentionDays, "CloudWatch Logs does not offer it", valid);
  }
  if (destination === "s3")
    faults.wholeNumber("network.flowLogs.retentionDays", retentionDays, 1, 36_500, 30);

  const access = endpointAccessOf(network.endpointAccess, account);
  faults.addAll("network.endpointAccess", endpointAccessFaults(access, network.readableBuckets));

  faults.distinct("network.interfaceEndpoints", network.interfaceEndpoints);
  for (const service of network.interfaceEndpoints) {
    if (/^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*$/.test(service) && !service.startsWith("com.amazonaws"))
      continue;
    faults.add(
      "network.interfaceEndpoints",
      service,
      "not the short name of a service",
      'use e.g. "ecr.api"',
    );
  }
}
