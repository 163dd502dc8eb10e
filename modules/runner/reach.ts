import { isIPv4 } from "node:net";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import type { Construct } from "constructs";
import type { Fault } from "../core/errors";

/** Who reaches the instances of a pool. */
export interface PoolReach {
  /** Whether Nginx leads port 80 of the instance to port 8080. */
  readonly proxy: boolean;

  /**
   * IPv4 ranges that reach Nginx by ports 80 and 443; only with `proxy`.
   *
   * @default - nobody
   */
  readonly proxyCidrs?: readonly string[];

  /**
   * IPv4 ranges that reach port 22. Session Manager leads to a shell without them.
   *
   * @default - nobody
   */
  readonly sshCidrs?: readonly string[];
}

/** The faults of who reaches a pool. */
export function reachFaults({ proxy, proxyCidrs = [], sshCidrs = [] }: PoolReach): readonly Fault[] {
  const faults: Fault[] = [];
  for (const [name, ranges] of Object.entries({ proxyCidrs, sshCidrs })) {
    for (const range of ranges.filter((one) => !isRange(one)))
      faults.push({
        what: `${name} has ${JSON.stringify(range)}`,
        instead: 'use an IPv4 range, e.g. "10.0.0.0/16"',
      });
  }
  if (!proxy && proxyCidrs.length > 0)
    faults.push({ what: "proxyCidrs open ports behind which nothing listens", instead: "say proxy: true" });
  return faults;
}

function isRange(text: string): boolean {
  const [address = "", bits = ""] = text.split("/");
  return isIPv4(address) && /^(?:\d|[12]\d|3[0-2])$/.test(bits);
}

/** The security group by which a pool is reached; undefined for one that nobody reaches. */
export function reachGroup(
  scope: Construct,
  id: string,
  { name, vpcId, pool }: { readonly name: string; readonly vpcId: string; readonly pool: PoolReach },
): SecurityGroup | undefined {
  const open = [
    ...(pool.sshCidrs ?? []).map((cidr) => ({ cidr, port: 22, what: "SSH" })),
    ...(pool.proxyCidrs ?? []).flatMap((cidr) => [
      { cidr, port: 80, what: "HTTP" },
      { cidr, port: 443, what: "HTTPS" },
    ]),
  ];
  if (open.length === 0) return undefined;
  const group = new SecurityGroup(scope, id, {
    name: `${name}-reach`,
    description: `Reaches the runners of ${name}`,
    vpcId,
    tags: { Name: `${name}-reach` },
  });
  for (const { cidr, port, what } of open) {
    new VpcSecurityGroupIngressRule(scope, `${id}-${port}-${cidr.replaceAll(/[./]/g, "-")}`, {
      securityGroupId: group.id,
      description: `${what} from ${cidr}`,
      ipProtocol: "tcp",
      fromPort: port,
      toPort: port,
      cidrIpv4: cidr,
    });
  }
  return group;
}
