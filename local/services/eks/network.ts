import { BlockList, isIPv4 } from "node:net";
import { invalid } from "./error";
import { choiceOf, flagOf, type Input, listOf, objectOf, optionalText } from "./input";
import type { ServiceClients } from "./service-clients";
import type { Resource, VpcConfig } from "./state";

/** Where a cluster lies. */
export interface Network {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly kubernetes: Resource;
}

/** Ranges from which a cluster takes its services' addresses when it is given none. */
const SERVICE_RANGES = ["10.100.0.0/16", "172.20.0.0/16"] as const;

/** Ranges that public access cannot come from. @see https://www.rfc-editor.org/rfc/rfc1918 */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] as const;

/** @throws EksError for subnets and groups that a control plane cannot lie in. */
export async function networkOf(clients: ServiceClients, input: Input): Promise<Network> {
  const config = objectOf(input, "resourcesVpcConfig") ?? {};
  const { vpcId, subnetIds } = await subnetsOf(clients, listOf(config, "subnetIds"));
  const securityGroupIds = await groupsOf(clients, listOf(config, "securityGroupIds"), vpcId);
  const ranges = await clients.rangesOf(vpcId);
  return { vpcId, subnetIds, securityGroupIds, kubernetes: kubernetesOf(input, ranges) };
}

/** Subnets of one VPC in two zones at least. */
export async function subnetsOf(
  clients: ServiceClients,
  ids: readonly string[],
): Promise<{ vpcId: string; subnetIds: readonly string[] }> {
  if (ids.length === 0) throw invalid("Subnets specified must be in at least two different AZs");
  const subnets = await clients.subnets(ids);
  const vpcs = new Set(subnets.map(({ vpc }) => vpc));
  const [vpcId] = vpcs;
  if (vpcId === undefined || vpcs.size > 1) throw invalid("Subnets specified must belong to the same VPC");
  if (new Set(subnets.map(({ zone }) => zone)).size < 2) {
    throw invalid("Subnets specified must be in at least two different AZs");
  }
  return { vpcId, subnetIds: ids };
}

/**
 * Other subnets of a cluster that stands: of the very zones that it was made with.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
 */
export async function changedSubnetsOf(
  clients: ServiceClients,
  ids: readonly string[],
  before: VpcConfig,
): Promise<{ vpcId: string; subnetIds: readonly string[] }> {
  const after = await subnetsOf(clients, ids);
  if (after.vpcId !== before.vpcId) throw invalid("Subnets specified must belong to the VPC of the cluster");
  const zones = async (subnets: readonly string[]) =>
    [...new Set((await clients.subnets(subnets)).map(({ zone }) => zone))].sort().join(",");
  const [had, wanted] = [await zones(before.subnetIds), await zones(ids)];
  if (had === wanted) return after;
  throw invalid(
    `Provided subnets belong to the AZs '${wanted}'. But they should belong to the exact set of AZs '${had}' in which subnets were provided during cluster creation.`,
  );
}

/** Security groups of a VPC, five at the most. */
export async function groupsOf(
  clients: ServiceClients,
  ids: readonly string[],
  vpcId: string,
): Promise<readonly string[]> {
  if (ids.length > 5) throw invalid("Maximum of 5 security groups are allowed");
  const vpcs = await clients.vpcsOfGroups(ids);
  if (vpcs.some((vpc) => vpc !== vpcId)) {
    throw invalid(`Security group(s) [${ids.join(", ")}] are not in the same VPC as the subnets`);
  }
  return ids;
}

/** The network of a cluster that is made, but for the group that EKS makes. */
export function createdVpcConfig(
  { vpcId, subnetIds, securityGroupIds }: Network,
  input: Input,
): Omit<VpcConfig, "clusterSecurityGroupId"> {
  const config = objectOf(input, "resourcesVpcConfig") ?? {};
  return { vpcId, subnetIds, securityGroupIds, ...endpointOf(config) };
}

/** Who reaches the endpoint, and from where. */
export type Endpoint = Pick<
  VpcConfig,
  "endpointPublicAccess" | "endpointPrivateAccess" | "publicAccessCidrs"
>;

/** Changes who reaches the endpoint; what is not named stays as it is. */
export function endpointOf(config: Input, before?: Endpoint): Endpoint {
  const endpointPublicAccess = flagOf(config, "endpointPublicAccess") ?? before?.endpointPublicAccess ?? true;
  const endpointPrivateAccess =
    flagOf(config, "endpointPrivateAccess") ?? before?.endpointPrivateAccess ?? false;
  if (!endpointPublicAccess && !endpointPrivateAccess) {
    throw invalid("Private and public endpoint access cannot be false");
  }
  const asked = config.publicAccessCidrs === undefined ? undefined : listOf(config, "publicAccessCidrs");
  const wrong = asked?.filter((cidr) => !isRange(cidr)) ?? [];
  if (wrong.length > 0) {
    throw invalid(`The following CIDRs are invalid in publicAccessCidrs: [${wrong.join(", ")}]`);
  }
  const inside = asked?.filter((cidr) => PRIVATE.some((range) => contains(range, cidr))) ?? [];
  if (inside.length > 0) {
    throw invalid(`The following CIDRs are not allowed in publicAccessCidrs: [${inside.join(", ")}]`);
  }
  const kept = before?.publicAccessCidrs.length ? before.publicAccessCidrs : undefined;
  const publicAccessCidrs = asked ?? kept ?? (endpointPublicAccess ? ["0.0.0.0/0"] : []);
  return { endpointPublicAccess, endpointPrivateAccess, publicAccessCidrs };
}

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html */
function kubernetesOf(input: Input, vpcRanges: readonly string[]): Resource {
  const config = objectOf(input, "kubernetesNetworkConfig") ?? {};
  const elasticLoadBalancing = objectOf(config, "elasticLoadBalancing") ?? { enabled: false };
  const asked = optionalText(config, "serviceIpv4Cidr");
  if (choiceOf(config, "ipFamily", ["ipv4", "ipv6"]) === "ipv6") {
    if (asked !== undefined) throw invalid("serviceIpv4Cidr cannot be given with the ipFamily ipv6");
    return { serviceIpv6Cidr: "fd00:10:100::/108", ipFamily: "ipv6", elasticLoadBalancing };
  }
  if (asked !== undefined) requireServiceRange(asked, vpcRanges);
  const free = SERVICE_RANGES.find((range) => !vpcRanges.some((vpc) => overlap(vpc, range)));
  return { serviceIpv4Cidr: asked ?? free ?? SERVICE_RANGES[0], ipFamily: "ipv4", elasticLoadBalancing };
}

function requireServiceRange(cidr: string, vpcRanges: readonly string[]): void {
  const size = Number(cidr.split("/")[1]);
  if (!isRange(cidr) || size < 12 || size > 24 || !PRIVATE.some((range) => contains(range, cidr))) {
    throw invalid(`serviceIpv4Cidr ${cidr} is invalid: use a private range from /24 to /12`);
  }
  const taken = vpcRanges.find((range) => overlap(range, cidr));
  if (taken === undefined) return;
  throw invalid(`serviceIpv4Cidr ${cidr} overlaps with the range ${taken} of the VPC`);
}

function isRange(cidr: string): boolean {
  const [address = "", size = "", ...rest] = cidr.split("/");
  return isIPv4(address) && /^(?:\d|[12]\d|3[0-2])$/.test(size) && rest.length === 0;
}

/** Whether the whole of a range lies in another. */
function contains(range: string, cidr: string): boolean {
  const [address = "", size = "0"] = range.split("/");
  const [inner = "", innerSize = "0"] = cidr.split("/");
  if (Number(innerSize) < Number(size)) return false;
  const list = new BlockList();
  list.addSubnet(address, Number(size));
  return list.check(inner);
}

function overlap(one: string, other: string): boolean {
  return contains(one, other) || contains(other, one);
}
