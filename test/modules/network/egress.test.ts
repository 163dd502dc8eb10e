import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { FargateService, ScheduledTask } from "@groundplan/modules/service";
import type { Construct } from "constructs";
import { SERVICE } from "../service/made";
import { type Synthesized, synthesized } from "./synthesized";

/** The groups that let everything out over IPv4, and not over IPv6. */
function halfOpen(stack: Synthesized): readonly unknown[] {
  const rules = Object.values(stack.all("aws_vpc_security_group_egress_rule"));
  const groups = (key: string, range: string) =>
    rules.filter((rule) => rule[key] === range).map((rule) => rule.security_group_id);
  const both = new Set(groups("cidr_ipv6", "::/0"));
  return groups("cidr_ipv4", "0.0.0.0/0").filter((group) => !both.has(group));
}

const { route: _, ...task } = SERVICE;

test.each<[string, (scope: Construct) => unknown]>([
  ["a service", (scope) => new FargateService(scope, "made", task)],
  [
    "a scheduled task",
    (scope) => new ScheduledTask(scope, "made", { ...task, schedule: { expression: "rate(1 hour)" } }),
  ],
])("%s reaches the internet over IPv4 and IPv6", (_name, make) => {
  const stack = synthesized((scope) => void make(scope));
  expect(stack.paths("aws_vpc_security_group_egress_rule")).toEqual(["made/out", "made/out-ipv6"]);
  expect(halfOpen(stack)).toEqual([]);
});

test("planted fault: a group whose packets over IPv6 are dropped is found", () => {
  const stack = synthesized((scope) => {
    const group = new SecurityGroup(scope, "group", { vpcId: "vpc-1" });
    new VpcSecurityGroupEgressRule(scope, "out", {
      securityGroupId: group.id,
      ipProtocol: "-1",
      cidrIpv4: "0.0.0.0/0",
    });
  });
  expect(halfOpen(stack)).toHaveLength(1);
});
