import type { Attributes } from "../../../../../cli/report/risks/attributes";
import { create, update } from "../risk-fixtures";

const rule = (cidr: string, some: Attributes = {}): Attributes => ({
  type: "ingress",
  protocol: "tcp",
  from_port: 22,
  to_port: 22,
  cidr_blocks: [cidr],
  ...some,
});
const group = (...ingress: Attributes[]) => ({ ingress });
const ports = (from: number, to: number, cidr = "0.0.0.0/0", some: Attributes = {}) =>
  rule(cidr, { from_port: from, to_port: to, ...some });

test.each([
  ["0.0.0.0/0", true],
  ["0.0.0.0/1", true],
  ["10.0.0.0/8", false],
  ["203.0.113.7/32", false],
])("%s is the world: %s", (cidr, expected) => {
  expect(create("aws_security_group_rule", rule(cidr))).toEqual(
    expected ? [`high ingress-open-to-world: opens tcp port 22 to ${cidr}`] : [],
  );
});

test("egress is not ingress", () => {
  expect(create("aws_security_group_rule", rule("0.0.0.0/0", { type: "egress" }))).toEqual([]);
});

describe("what was open already is not opened", () => {
  const all = rule("0.0.0.0/0", { protocol: "-1", from_port: 0, to_port: 0 });
  const halves = [ports(443, 443, "0.0.0.0/1"), ports(443, 443, "128.0.0.0/1")];

  test.each([
    ["the same", [ports(443, 443)], [ports(443, 443)]],
    ["one rule less", [ports(443, 443), ports(22, 22)], [ports(443, 443)]],
    ["one port of all", [all], [ports(443, 443)]],
    ["one port of many", [ports(0, 65_535)], [ports(443, 443)]],
    ["two ranges side by side become one", [ports(0, 99), ports(100, 200)], [ports(50, 150)]],
    ["a protocol by its number", [ports(443, 443)], [ports(443, 443, "0.0.0.0/0", { protocol: "6" })]],
    ["half of the world", [ports(443, 443)], [ports(443, 443, "0.0.0.0/1")]],
    ["the world of two halves", halves, [ports(443, 443)]],
    [
      "IPv6, written in another way",
      [ports(443, 443, "", { cidr_blocks: [], ipv6_cidr_blocks: ["0::0/0"] })],
      [ports(443, 443, "", { cidr_blocks: [], ipv6_cidr_blocks: ["::/1"] })],
    ],
  ])("%s", (_, before, after) => {
    expect(update("aws_security_group", group(...before), group(...after))).toEqual([]);
  });

  test.each([
    ["another port", [ports(443, 443)], [ports(443, 443), ports(22, 22)], "tcp port 22 to 0.0.0.0/0"],
    ["a wider range", [ports(443, 443)], [ports(400, 500)], "tcp ports 400-500 to 0.0.0.0/0"],
    ["a gap", [ports(0, 99), ports(101, 200)], [ports(50, 150)], "tcp ports 50-150 to 0.0.0.0/0"],
    [
      "another protocol",
      [ports(443, 443)],
      [ports(443, 443, "0.0.0.0/0", { protocol: "udp" })],
      "udp port 443 to 0.0.0.0/0",
    ],
    ["the other half", [ports(443, 443, "0.0.0.0/1")], [ports(443, 443)], "tcp port 443 to 0.0.0.0/0"],
    ["all", [ports(0, 65_535)], [all], "every port and protocol to 0.0.0.0/0"],
    [
      "IPv6 beside IPv4",
      [ports(443, 443)],
      [ports(443, 443, "0.0.0.0/0", { ipv6_cidr_blocks: ["::/0"] })],
      "tcp port 443 to ::/0",
    ],
  ])("but %s is", (_, before, after, words) => {
    expect(update("aws_security_group", group(...before), group(...after))).toEqual([
      `high ingress-open-to-world: opens ${words}`,
    ]);
  });
});

test("a rule of its own, with IPv6", () => {
  const ingress = (cidr: string) =>
    create("aws_vpc_security_group_ingress_rule", { ip_protocol: "-1", cidr_ipv6: cidr });
  expect(ingress("::/0")).toEqual(["high ingress-open-to-world: opens every port and protocol to ::/0"]);
  expect(ingress("2001:db8::/32")).toEqual([]);
});

describe("the Kubernetes API", () => {
  const cluster = (cidrs: string[] | undefined, access = true) => ({
    vpc_config: [{ endpoint_public_access: access, ...(cidrs ? { public_access_cidrs: cidrs } : {}) }],
  });
  const office = cluster(["198.51.100.0/24"]);
  const unknown = { after_unknown: { vpc_config: [{ public_access_cidrs: true, vpc_id: true }] } };

  test("is opened", () => {
    const opens = ["high ingress-open-to-world: opens the Kubernetes API to 0.0.0.0/0"];
    expect(update("aws_eks_cluster", office, cluster(["0.0.0.0/0"]))).toEqual(opens);
    expect(update("aws_eks_cluster", cluster(["0.0.0.0/0"], false), cluster(["0.0.0.0/0"]))).toEqual(opens);
    expect(create("aws_eks_cluster", cluster(["0.0.0.0/0"]))).toEqual(opens);
  });

  test("is open by AWS's default, when no range is written", () => {
    expect(create("aws_eks_cluster", cluster(undefined))).toEqual([
      "high ingress-open-to-world: opens the Kubernetes API to 0.0.0.0/0",
    ]);
    expect(create("aws_eks_cluster", cluster(undefined), unknown)).toEqual([
      "high ingress-open-to-world: the Kubernetes API may be open to the world: vpc_config.public_access_cidrs is not known until apply, and AWS's default is 0.0.0.0/0",
    ]);
    expect(update("aws_eks_cluster", office, cluster(undefined), unknown)[0]).toMatch(
      /^medium .*not known until apply/,
    );
  });

  test("stays as it is", () => {
    expect(create("aws_eks_cluster", office)).toEqual([]);
    expect(create("aws_eks_cluster", cluster(undefined, false), unknown)).toEqual([]);
    expect(update("aws_eks_cluster", office, cluster(["0.0.0.0/0"], false))).toEqual([]);
    expect(update("aws_eks_cluster", cluster(["0.0.0.0/0"]), cluster(["0.0.0.0/0"]))).toEqual([]);
    expect(update("aws_eks_cluster", cluster(["0.0.0.0/0"]), cluster(undefined), unknown)).toEqual([]);
    expect(update("aws_eks_cluster", cluster(["0.0.0.0/0"]), office)).toEqual([]);
  });
});

describe("network ACLs", () => {
  const acl = (some: Attributes): Attributes => ({
    rule_action: "allow",
    egress: false,
    protocol: "tcp",
    cidr_block: "0.0.0.0/0",
    from_port: 22,
    to_port: 22,
    ...some,
  });

  test.each([
    ["a port of administrators", {}, "tcp port 22 to 0.0.0.0/0"],
    [
      "a range with one",
      { protocol: "6", from_port: 3000, to_port: 4000 },
      "tcp ports 3000-4000 to 0.0.0.0/0",
    ],
    ["everything", { protocol: "-1", from_port: 0, to_port: 0 }, "every port and protocol to 0.0.0.0/0"],
    ["IPv6", { cidr_block: null, ipv6_cidr_block: "::/0" }, "tcp port 22 to ::/0"],
  ])("%s is opened", (_, some, words) => {
    expect(create("aws_network_acl_rule", acl(some))).toEqual([
      `medium ingress-open-to-world: opens ${words}`,
    ]);
  });

  test.each([
    ["a denial", { rule_action: "deny" }],
    ["egress", { egress: true }],
    ["the web", { from_port: 443, to_port: 443 }],
    ["the ports of answers", { from_port: 1024, to_port: 65_535 }],
    ["a network", { cidr_block: "10.0.0.0/8" }],
    ["udp", { protocol: "udp" }],
  ])("%s is not", (_, some) => {
    expect(create("aws_network_acl_rule", acl(some))).toEqual([]);
  });

  test("rules of the ACL itself, but those of AWS's own", () => {
    const ingress = [{ ...acl({ protocol: "-1" }), action: "allow" }];
    expect(create("aws_network_acl", { ingress })).toHaveLength(1);
    expect(
      update("aws_network_acl", { ingress }, { ingress: [...ingress, { ...acl({}), action: "allow" }] }),
    ).toEqual([]);
    expect(create("aws_default_network_acl", { ingress })).toEqual([]);
  });
});
