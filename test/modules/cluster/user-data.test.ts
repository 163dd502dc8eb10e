import { userData } from "@groundplan/modules/cluster/user-data";

test("nothing to say is no user data", () => {
  expect(userData({ bottlerocket: false })).toBeUndefined();
});

test("a part for nodeadm, in which what a team says of the kubelet wins", () => {
  const config = (text = "") =>
    JSON.parse(/\n(\{.*\})\n--\/\/--\n$/.exec(text)?.[1] ?? "") as { kind: string; spec: object };
  const text = userData({ bottlerocket: false, maxPods: 110 });
  expect(text).toMatch(/^MIME-Version: 1\.0\nContent-Type: multipart\/mixed; boundary="\/\/"\n\n--\/\/\n/);
  expect(text).toContain("\nContent-Type: application/node.eks.aws\n\n{");
  expect(config(text)).toEqual({
    apiVersion: "node.eks.aws/v1alpha1",
    kind: "NodeConfig",
    spec: { kubelet: { config: { maxPods: 110 } } },
  });
  const nodeConfig = { kubelet: { config: { maxPods: 50, shutdownGracePeriod: "30s" }, flags: ["--v=2"] } };
  expect(config(userData({ bottlerocket: false, maxPods: 110, nodeConfig })).spec).toEqual(nodeConfig);
});

test("settings of Bottlerocket", () => {
  expect(userData({ bottlerocket: true, maxPods: 250 })).toBe("[settings.kubernetes]\nmax-pods = 250\n");
});

describe("an image of one's own, to which EKS says nothing", () => {
  const cluster = {
    name: "groundplan-dev",
    endpoint: "https://example.eks.amazonaws.com",
    certificateAuthority: "Q0E=",
    serviceCidr: "172.20.0.0/16",
  };
  const labels = { workload: "batch" };
  const taints = [
    { key: "workload", value: "batch", effect: "NO_SCHEDULE" as const },
    { key: "gpu", effect: "NO_EXECUTE" as const },
  ];

  test("nodeadm joins the cluster, with labels and taints as flags of the kubelet", () => {
    const text = userData({ bottlerocket: false, cluster, labels, taints, maxPods: 110 }) ?? "";
    const { spec } = JSON.parse(/\n(\{.*\})\n/.exec(text)?.[1] ?? "");
    expect(spec).toEqual({
      cluster: {
        name: "groundplan-dev",
        apiServerEndpoint: cluster.endpoint,
        certificateAuthority: "Q0E=",
        cidr: "172.20.0.0/16",
      },
      kubelet: {
        config: { maxPods: 110 },
        flags: [
          "--node-labels=workload=batch",
          "--register-with-taints=workload=batch:NoSchedule,gpu=:NoExecute",
        ],
      },
    });
  });

  test("Bottlerocket joins it by its settings", () => {
    const bottlerocketSettings = { kernel: { lockdown: "integrity" }, kubernetes: { "event-qps": 5 } };
    expect(
      userData({ bottlerocket: true, cluster, labels, taints, maxPods: 110, bottlerocketSettings }),
    ).toBe(
      `[settings.kernel]
lockdown = "integrity"

[settings.kubernetes]
cluster-name = "groundplan-dev"
api-server = "https://example.eks.amazonaws.com"
cluster-certificate = "Q0E="
max-pods = 110
event-qps = 5

[settings.kubernetes.node-labels]
workload = "batch"

[settings.kubernetes.node-taints]
workload = ["batch:NoSchedule"]
gpu = [":NoExecute"]
`,
    );
  });

  test("a key of Bottlerocket's taints has all of its effects", () => {
    const both = [...taints, { key: "gpu", value: "a", effect: "NO_SCHEDULE" as const }];
    expect(userData({ bottlerocket: true, cluster, taints: both })).toContain(
      'gpu = [":NoExecute","a:NoSchedule"]',
    );
  });
});
