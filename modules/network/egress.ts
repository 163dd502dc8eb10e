import type { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import type { Construct } from "constructs";

/**
 * Opens the way out of a security group over IPv4, and over IPv6, which a VPC may have from the start or get later: what has an
 * IPv6 address prefers it, and its packets would be dropped without a word.
 *
 * @param id - of the rule for IPv4; that for IPv6 ends with `-ipv6`.
 */
export function egressToAll(scope: Construct, id: string, group: SecurityGroup, description: string): void {
  const rule = { securityGroupId: group.id, description, ipProtocol: "-1" };
  new VpcSecurityGroupEgressRule(scope, id, { ...rule, cidrIpv4: "0.0.0.0/0" });
  new VpcSecurityGroupEgressRule(scope, `${id}-ipv6`, { ...rule, cidrIpv6: "::/0" });
}
