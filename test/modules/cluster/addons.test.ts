import type { ClusterProps } from "@groundplan/modules/cluster";
import { ADDON_VERSIONS, OPTIONAL_ADDONS } from "@groundplan/modules/cluster";
import { clusterWith, faultsOf } from "./fixtures";

/** Add-ons of a synthesized cluster by name. */
function addons(stack: ReturnType<typeof clusterWith>) {
  return new Map(Object.values(stack.all("aws_eks_addon")).map((addon) => [String(addon.addon_name), addon]));
}

test.each(["1.33", "1.36"] as const)(
  "the five add-ons of %s, each of its pinned build",
  (kubernetesVersion) => {
    const found = [...addons(clusterWith({ kubernetesVersion }))].map(([name, addon]) => [
      name,
      addon.addon_version,
    ]);
    const every = Object.entries(ADDON_VERSIONS[kubernetesVersion]).filter(
      ([name]) => !OPTIONAL_ADDONS.some((optional) => optional === name),
    );
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(every));
    expect(found).toHaveLength(5);
  },
);

test("a build of one's own takes the place of the pinned one, and of no other", () => {
  const found = addons(clusterWith({ addonVersions: { coredns: "v1.14.9-eksbuild.1" } }));
  expect(found.get("coredns")?.addon_version).toBe("v1.14.9-eksbuild.1");
  expect(found.get("kube-proxy")?.addon_version).toBe(ADDON_VERSIONS["1.35"]["kube-proxy"]);
});

test("what needs nodes waits for them, the rest for the cluster only", () => {
  const stack = clusterWith();
  const nodes = stack.address("aws_eks_node_group", "cluster/node-groups/general/node-group");
  const waiting = [...addons(stack)].filter(([, addon]) => (addon.depends_on as string[]).includes(nodes));
  expect(waiting.map(([name]) => name).sort()).toEqual(["aws-ebs-csi-driver", "coredns"]);
});

test("what is written here wins over what was changed in the cluster; EKS brings none of its own", () => {
  const stack = clusterWith();
  for (const addon of addons(stack).values()) {
    expect(addon).toMatchObject({
      resolve_conflicts_on_create: "OVERWRITE",
      resolve_conflicts_on_update: "OVERWRITE",
    });
  }
  expect(stack.one("aws_eks_cluster").bootstrap_self_managed_addons).toBe(false);
});

test.each([
  ["vpc-cni", "aws-node", "AmazonEKS_CNI_Policy"],
  ["aws-ebs-csi-driver", "ebs-csi-controller-sa", "service-role/AmazonEBSCSIDriverPolicy"],
])("%s has a role by Pod Identity, that stands before it", (name, serviceAccount, policy) => {
  const stack = clusterWith();
  const scope = `cluster/addons/${name}`;
  const addon = addons(stack).get(name);
  expect(addon?.pod_identity_association).toEqual([
    {
      role_arn: `\${${stack.address("aws_iam_role", `${scope}/role/role`)}.arn}`,
      service_account: serviceAccount,
    },
  ]);
  const attachment = `${scope}/role/attached/policy`;
  expect(stack.one("aws_iam_role_policy_attachment", attachment).policy_arn).toBe(
    `arn:aws:iam::aws:policy/${policy}`,
  );
  expect(addon?.depends_on).toContain(stack.address("aws_iam_role_policy_attachment", attachment));
  const trust = String(stack.one("aws_iam_role", `${scope}/role/role`).assume_role_policy);
  expect(trust).toContain(`"aws:RequestTag/kubernetes-service-account":"${serviceAccount}"`);
  expect(trust).toContain("cluster/groundplan-dev");
});

test("add-ons that call no AWS have no role", () => {
  const found = addons(clusterWith());
  for (const name of ["kube-proxy", "coredns", "eks-pod-identity-agent"]) {
    expect(found.get(name)).not.toHaveProperty("pod_identity_association");
  }
});

test("the VPC CNI enforces NetworkPolicies: it does not by itself", () => {
  const found = addons(clusterWith());
  expect(found.get("vpc-cni")?.configuration_values).toBe('{"enableNetworkPolicy":"true"}');
  expect(found.get("kube-proxy")).not.toHaveProperty("configuration_values");
});

test("the EBS driver reads the metadata of its node, which is one hop away, so it counts attachments rightly", () => {
  const stack = clusterWith();
  const { configuration_values } = addons(stack).get("aws-ebs-csi-driver") ?? {};
  expect(JSON.parse(String(configuration_values))).toEqual({ node: { hostNetwork: true } });
  expect(stack.one("aws_launch_template").metadata_options).toMatchObject({ http_put_response_hop_limit: 1 });
});

describe("add-ons that a cluster names", () => {
  const stack = clusterWith({ optionalAddons: OPTIONAL_ADDONS });
  const found = addons(stack);
  const address = (name: string) => stack.address("aws_eks_addon", `cluster/addons/${name}/addon`);

  test("are made beside the others, each of its pinned build, and take versions and settings like them", () => {
    for (const name of OPTIONAL_ADDONS)
      expect(found.get(name)?.addon_version).toBe(ADDON_VERSIONS["1.35"][name]);
    const one = addons(
      clusterWith({
        optionalAddons: ["snapshot-controller"],
        addonVersions: { "snapshot-controller": "v8.6.0-eksbuild.8" },
        addonSettings: { "snapshot-controller": { replicaCount: 1 } },
      }),
    );
    expect(one.size).toBe(6);
    expect(one.get("snapshot-controller")).toMatchObject({
      addon_version: "v8.6.0-eksbuild.8",
      configuration_values: '{"replicaCount":1}',
    });
  });

  test("stand after the nodes, and the EBS driver after the definitions of snapshots", () => {
    const nodes = stack.address("aws_eks_node_group", "cluster/node-groups/general/node-group");
    for (const name of OPTIONAL_ADDONS) expect(found.get(name)?.depends_on).toContain(nodes);
    expect(found.get("aws-ebs-csi-driver")?.depends_on).toContain(address("snapshot-controller"));
    const without = addons(clusterWith()).get("aws-ebs-csi-driver")?.depends_on as string[];
    expect(without.filter((one) => one.includes("snapshot"))).toEqual([]);
  });

  test("that call AWS have a role of their namespace's service account, after the agent that gives it", () => {
    const roleOf = (name: string) => stack.one("aws_iam_role", `cluster/addons/${name}/role/role`);
    expect(roleOf("amazon-cloudwatch-observability").assume_role_policy).toContain(
      '"aws:RequestTag/kubernetes-namespace":"amazon-cloudwatch"',
    );
    expect(roleOf("aws-efs-csi-driver").assume_role_policy).toContain("efs-csi-controller-sa");
    const policies = Object.values(stack.all("aws_iam_role_policy_attachment")).map((one) => one.policy_arn);
    for (const policy of ["CloudWatchAgentServerPolicy", "service-role/AmazonEFSCSIDriverPolicy"])
      expect(policies).toContain(`arn:aws:iam::aws:policy/${policy}`);
    for (const name of ["snapshot-controller", "eks-node-monitoring-agent"])
      expect(found.get(name)).not.toHaveProperty("pod_identity_association");
  });

  test("planted fault: a name that is none, one of every cluster, and one twice", () => {
    const names = ["aws-fsx-csi-driver", "coredns", "snapshot-controller", "snapshot-controller"];
    const said = faultsOf({ optionalAddons: names as unknown as ClusterProps["optionalAddons"] & object });
    expect(said).toContain(
      'optionalAddons: it lists "aws-fsx-csi-driver", which is not an add-on of the registry',
    );
    expect(said).toContain('optionalAddons: it lists "coredns", which every cluster has');
    expect(said).toContain('optionalAddons: it lists "snapshot-controller" twice');
  });
});

/** Whether everything that a resource waits for, and what that waits for, has the address in it. */
function waitsFor(stack: ReturnType<typeof clusterWith>, from: string, address: string): boolean {
  const waits = (stack.byAddress().get(from)?.depends_on ?? []) as readonly string[];
  return waits.includes(address) || waits.some((one) => waitsFor(stack, one, address));
}

test("whatever gets its rights by Pod Identity comes after the agent, but for the network that the agent's node needs", () => {
  const stack = clusterWith({ optionalAddons: OPTIONAL_ADDONS });
  const agent = stack.address("aws_eks_addon", "cluster/addons/eks-pod-identity-agent/addon");
  const late = [...addons(stack)].filter(([name, addon]) => {
    const at = stack.address("aws_eks_addon", `cluster/addons/${name}/addon`);
    return addon.pod_identity_association !== undefined && !waitsFor(stack, at, agent);
  });
  expect(late.map(([name]) => name)).toEqual(["vpc-cni"]);
  // The same question where nothing stands before.
  expect(waitsFor(stack, agent, agent)).toBe(false);
});

describe("settings of an add-on", () => {
  const settingsOf = (change: Partial<ClusterProps>, name: string) =>
    JSON.parse(String(addons(clusterWith(change)).get(name)?.configuration_values));

  test("are merged with Groundplan's own, and touch no other add-on", () => {
    const change = {
      addonSettings: { "aws-ebs-csi-driver": { node: { logLevel: 4 }, controller: { replicaCount: 1 } } },
    };
    expect(settingsOf(change, "aws-ebs-csi-driver")).toEqual({
      node: { hostNetwork: true, logLevel: 4 },
      controller: { replicaCount: 1 },
    });
    expect(settingsOf(change, "vpc-cni")).toEqual({ enableNetworkPolicy: "true" });
    expect(settingsOf({ addonSettings: { coredns: { replicaCount: 3 } } }, "coredns")).toEqual({
      replicaCount: 3,
    });
  });

  test("prefixes: the VPC CNI hands them out, and each group takes the pods that fit", () => {
    const nodeGroups = {
      general: { instanceTypes: ["m5.large"], min: 1, max: 1 },
      large: { instanceTypes: ["m5.16xlarge"], min: 0, max: 1, image: "bottlerocket" as const },
    };
    const change = { prefixDelegation: true, nodeGroups };
    expect(settingsOf(change, "vpc-cni")).toEqual({
      enableNetworkPolicy: "true",
      env: { ENABLE_PREFIX_DELEGATION: "true", WARM_PREFIX_TARGET: "1" },
    });
    const template = (name: string) =>
      clusterWith(change).one("aws_launch_template", `cluster/node-groups/${name}/launch-template`);
    const data = (name: string) => Buffer.from(String(template(name).user_data), "base64").toString();
    expect(data("general")).toContain('"maxPods":110');
    expect(data("large")).toContain("max-pods = 250");
    expect(clusterWith({ nodeGroups }).paths("aws_launch_template")).toHaveLength(2);
    const plain = clusterWith({}).one("aws_launch_template");
    expect(plain).not.toHaveProperty("user_data");
  });
});
