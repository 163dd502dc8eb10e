import type { AddonSettings } from "@groundplan/modules/addons";
import { Addons } from "@groundplan/modules/gitops";
import { TerraformStack, Testing } from "cdktf";
import { cluster } from "../addons/cluster";
import { Synthesized } from "../network/synthesized";

const NONE: AddonSettings = {
  loadBalancerController: false,
  nodeAutoscaler: "none",
  metricsServer: false,
  externalDns: {},
  argoRollouts: false,
  kubePrometheusStack: false,
  certManager: false,
  externalSecrets: {},
  kyverno: false,
};

function install(change: Partial<AddonSettings>) {
  const stack = new TerraformStack(Testing.app(), "test");
  const addons = new Addons(stack, "addons", {
    platform: "groundplan",
    settings: { ...NONE, ...change },
    cluster,
  });
  return { addons, synthesized: new Synthesized(stack) };
}

const releases = (synthesized: Synthesized) =>
  Object.values(synthesized.all("helm_release")).map(({ name }) => name);

test("nothing is installed that is not asked for", () => {
  const { addons, synthesized } = install({});
  expect(addons.facts).toEqual({});
  expect(synthesized.paths("helm_release")).toEqual([]);
  expect(synthesized.paths("aws_iam_role")).toEqual([]);
});

test.each<[keyof AddonSettings, Partial<AddonSettings>, string, number, string]>([
  [
    "loadBalancerController",
    { loadBalancerController: true },
    "aws-load-balancer-controller",
    1,
    "kube-system",
  ],
  ["nodeAutoscaler", { nodeAutoscaler: "cluster-autoscaler" }, "cluster-autoscaler", 1, "kube-system"],
  ["metricsServer", { metricsServer: true }, "metrics-server", 0, "kube-system"],
  ["externalDns", { externalDns: { "a.example.com": "Z0123456789" } }, "external-dns", 1, "external-dns"],
  ["argoRollouts", { argoRollouts: true }, "argo-rollouts", 0, "argo-rollouts"],
  ["kyverno", { kyverno: true }, "kyverno", 1, "kyverno"],
  ["certManager", { certManager: { "a.example.com": "Z0123456789" } }, "cert-manager", 1, "cert-manager"],
  ["certManager", { certManager: true }, "cert-manager", 0, "cert-manager"],
  [
    "externalSecrets",
    { externalSecrets: { secrets: ["groundplan/dev/*"] } },
    "external-secrets",
    1,
    "external-secrets",
  ],
])(
  "%s: its release, its role where it uses AWS, its own namespace",
  (_, change, release, roles, namespace) => {
    const { synthesized } = install(change);
    expect(releases(synthesized)).toEqual([release]);
    expect(synthesized.one("helm_release")).toMatchObject({ namespace, create_namespace: false, wait: true });
    expect(synthesized.paths("aws_iam_role")).toHaveLength(roles);
    expect(synthesized.paths("aws_eks_pod_identity_association")).toHaveLength(roles);
    const namespaces = Object.values(synthesized.all("kubernetes_namespace_v1"));
    expect(namespaces).toHaveLength(namespace === "kube-system" ? 0 : 1);
    for (const { metadata } of namespaces) {
      expect(metadata).toMatchObject({
        name: namespace,
        labels: { "pod-security.kubernetes.io/enforce": "restricted" },
      });
    }
  },
);

test("what measures nodes needs them: the namespace of Prometheus says so, and no other", () => {
  const { synthesized } = install({ kubePrometheusStack: true, certManager: true });
  const levels = Object.values(synthesized.all("kubernetes_namespace_v1")).map(({ metadata }) => {
    const { name, labels } = metadata as { name: string; labels: Record<string, string> };
    return [name, labels["pod-security.kubernetes.io/enforce"]];
  });
  expect(Object.fromEntries(levels)).toEqual({ monitoring: "privileged", "cert-manager": "restricted" });
});

describe("monitors of add-ons", () => {
  const measured: Partial<AddonSettings> = {
    nodeAutoscaler: "karpenter",
    metricsServer: true,
    certManager: true,
    externalSecrets: { parameters: ["/groundplan/dev/apps/*"] },
    externalDns: { "a.example.com": "Z0123456789" },
    argoRollouts: true,
  };
  const release = (synthesized: Synthesized, name: string) => {
    const found = Object.values(synthesized.all("helm_release")).find((one) => one.name === name);
    if (!found) throw new Error(`no ${name}`);
    return { ...found, text: String((found.values as string[])[0]), depends_on: found.depends_on ?? [] };
  };
  const NAMES = [
    "argo-rollouts",
    "cert-manager",
    "external-dns",
    "external-secrets",
    "karpenter",
    "metrics-server",
  ];

  test("are made after their definition", () => {
    const { synthesized } = install({ ...measured, kubePrometheusStack: true });
    const prometheus = synthesized.address("helm_release", "addons/kube-prometheus-stack/release");
    for (const name of NAMES) {
      const { text, depends_on } = release(synthesized, name);
      expect([name, text.toLowerCase().includes('"servicemonitor":{"enabled":true')]).toEqual([name, true]);
      expect(depends_on).toContain(prometheus);
    }
    // Its own volumes and pods wait for no other.
    expect(release(synthesized, "kube-prometheus-stack").depends_on).toHaveLength(1);
  });

  test("planted fault: without that definition there are none, for Helm would refuse them", () => {
    const { synthesized } = install(measured);
    for (const name of NAMES)
      expect(release(synthesized, name).text.toLowerCase()).not.toContain("servicemonitor");
  });
});

test("nothing of Prometheus, Alertmanager and Grafana is reached from outside, and a drained node stops none", () => {
  const { synthesized } = install({ kubePrometheusStack: true });
  const [text] = synthesized.one("helm_release").values as string[];
  const values = JSON.parse(text ?? "");
  for (const part of ["prometheus", "alertmanager", "grafana"])
    expect(values[part]).toMatchObject({ service: { type: "ClusterIP" }, ingress: { enabled: false } });
  expect(values.prometheus).toMatchObject({
    podDisruptionBudget: { enabled: true, minAvailable: 1 },
    prometheusSpec: { replicas: 2 },
  });
  expect(values.alertmanager.alertmanagerSpec.replicas).toBeGreaterThan(
    values.alertmanager.podDisruptionBudget.minAvailable,
  );
});

test.each<[string, Partial<AddonSettings>]>([
  ['externalSecrets.secrets has "*"', { externalSecrets: { secrets: ["*"] } }],
  ['externalSecrets.parameters has "groundplan/*"', { externalSecrets: { parameters: ["groundplan/*"] } }],
  ['externalSecrets.parameters has "/*"', { externalSecrets: { parameters: ["/*"] } }],
  ['externalSecrets.keys has "alias/x"', { externalSecrets: { secrets: ["a/b*"], keys: ["alias/x"] } }],
  [
    "externalSecrets.keys is for nothing",
    { externalSecrets: { keys: ["arn:aws:kms:us-east-1:123456789012:key/1"] } },
  ],
  ["certManager is {}", { certManager: {} }],
  ['certManager has "A.example.com"', { certManager: { "A.example.com": "Z0123456789" } }],
])("refuses: %s", (said, change) => {
  expect(() => install(change)).toThrow(said);
});

test("the role is the service account's, of this cluster, and there before the pods", () => {
  const { addons, synthesized } = install({ loadBalancerController: true });
  expect(synthesized.one("aws_eks_pod_identity_association")).toMatchObject({
    cluster_name: "groundplan-dev",
    namespace: "kube-system",
    service_account: "aws-load-balancer-controller",
  });
  expect(synthesized.one("aws_iam_role").assume_role_policy).toContain(
    "arn:aws:eks:us-east-1:123456789012:cluster/groundplan-dev",
  );
  const release = synthesized.one("helm_release");
  expect(JSON.parse(String((release.values as string[])[0]))).toMatchObject({
    serviceAccount: { create: true, name: "aws-load-balancer-controller" },
  });
  expect((release.depends_on as string[]).map((address) => address.split(".")[0]).sort()).toEqual([
    "aws_eks_pod_identity_association",
    "aws_iam_role_policy",
  ]);
  expect(addons.facts.aws_load_balancer_controller).toMatchObject({ namespace: "kube-system" });
});

test("the load balancer controller stands in the way of no other chart's Services", () => {
  const { values } = install({ loadBalancerController: true }).synthesized.one("helm_release");
  expect(JSON.parse(String((values as string[])[0]))).toMatchObject({ enableServiceMutatorWebhook: false });
});

test("Karpenter hears of interruptions, and its nodes come after it", () => {
  const { synthesized } = install({ nodeAutoscaler: "karpenter" });
  expect(releases(synthesized).sort()).toEqual(["karpenter", "karpenter-nodes"]);
  expect(synthesized.paths("aws_cloudwatch_event_rule")).toHaveLength(5);
  expect(synthesized.one("aws_sqs_queue")).toMatchObject({
    name: "groundplan-dev",
    message_retention_seconds: 300,
    sqs_managed_sse_enabled: true,
  });
  const nodes = Object.values(synthesized.all("helm_release")).find(({ name }) => name === "karpenter-nodes");
  if (!nodes) throw new Error("no release of nodes");
  expect((nodes.depends_on as string[])[0]).toMatch(/^helm_release\.addons_karpenter_release_/);
  const { manifests } = JSON.parse((nodes.values as string[])[0] ?? "") as { manifests: { kind: string }[] };
  expect(manifests.map(({ kind }) => kind)).toEqual(["EC2NodeClass", "NodePool"]);
});

test("Karpenter comes after its queue, who may write into it, and what is written", () => {
  const { synthesized } = install({ nodeAutoscaler: "karpenter" });
  const karpenter = Object.values(synthesized.all("helm_release")).find(({ name }) => name === "karpenter");
  const first = ["aws_sqs_queue", "aws_sqs_queue_policy"];
  const rules = ["aws_cloudwatch_event_rule", "aws_cloudwatch_event_target"];
  const addresses = [...first, ...rules].flatMap((type) =>
    synthesized.paths(type).map((path) => synthesized.address(type, path)),
  );
  expect(addresses).toHaveLength(1 + 1 + 5 + 5);
  expect(karpenter?.depends_on).toEqual(expect.arrayContaining(addresses));
});

test("two node autoscalers do not even compile", () => {
  // @ts-expect-error one at most
  const both: AddonSettings = { ...NONE, nodeAutoscaler: ["karpenter", "cluster-autoscaler"] };
  expect(() => install(both)).toThrow(/nodeAutoscaler is \["karpenter","cluster-autoscaler"\]/);
});

test.each<[string, Readonly<Record<string, string>>, string]>([
  ["a domain in capitals", { "Example.com": "Z0123456789" }, 'externalDns has "Example.com"'],
  ["a zone with its prefix", { "example.com": "/hostedzone/Z0123456789" }, "not the id of a hosted zone"],
])("%s is refused", (_, externalDns, said) => {
  expect(() => install({ externalDns })).toThrow(said);
});
