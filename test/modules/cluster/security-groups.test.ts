import { clusterWith } from "./fixtures";

test("the rules of a cluster, each a resource of its own", () => {
  const stack = clusterWith();
  const group = (name: string) =>
    `\${${stack.address("aws_security_group", `cluster/security-groups/${name}`)}.id}`;
  const rules = (type: string) =>
    Object.fromEntries(
      Object.entries(stack.all(type)).map(([path, { description: _, tags: __, ...rule }]) => [
        path.replace("cluster/security-groups/", ""),
        rule,
      ]),
    );
  expect(rules("aws_vpc_security_group_ingress_rule")).toEqual({
    "cluster-from-nodes": {
      security_group_id: group("cluster"),
      referenced_security_group_id: group("nodes"),
      ip_protocol: "tcp",
      from_port: 443,
      to_port: 443,
    },
    "nodes-from-nodes": {
      security_group_id: group("nodes"),
      referenced_security_group_id: group("nodes"),
      ip_protocol: "-1",
    },
    "nodes-from-cluster": {
      security_group_id: group("nodes"),
      referenced_security_group_id: group("cluster"),
      ip_protocol: "tcp",
      from_port: 1025,
      to_port: 65535,
    },
    "nodes-https-from-cluster": {
      security_group_id: group("nodes"),
      referenced_security_group_id: group("cluster"),
      ip_protocol: "tcp",
      from_port: 443,
      to_port: 443,
    },
  });
  // Both ways out: in a VPC of both kinds a node prefers IPv6, and its packets must not be dropped.
  expect(rules("aws_vpc_security_group_egress_rule")).toEqual({
    "cluster-to-all-ipv6": { security_group_id: group("cluster"), cidr_ipv6: "::/0", ip_protocol: "-1" },
    "nodes-to-all-ipv6": { security_group_id: group("nodes"), cidr_ipv6: "::/0", ip_protocol: "-1" },
    "cluster-to-all": { security_group_id: group("cluster"), cidr_ipv4: "0.0.0.0/0", ip_protocol: "-1" },
    "nodes-to-all": { security_group_id: group("nodes"), cidr_ipv4: "0.0.0.0/0", ip_protocol: "-1" },
  });
});

test("nothing gets in from an address, and no rule stands within a group", () => {
  const stack = clusterWith({ publicEndpointCidrs: ["0.0.0.0/0"] });
  for (const rule of Object.values(stack.all("aws_vpc_security_group_ingress_rule"))) {
    expect(rule).not.toHaveProperty("cidr_ipv4");
  }
  for (const group of Object.values(stack.all("aws_security_group"))) {
    expect(Object.keys(group)).not.toEqual(expect.arrayContaining(["ingress"]));
    expect(Object.keys(group)).not.toEqual(expect.arrayContaining(["egress"]));
  }
});

test("the load balancer controller finds one group by its tag", () => {
  const owned = Object.values(clusterWith().all("aws_security_group")).filter((group) =>
    JSON.stringify(group.tags).includes("kubernetes.io/cluster/groundplan-dev"),
  );
  expect(owned.map(({ name }) => name)).toEqual(["groundplan-dev-nodes"]);
});
