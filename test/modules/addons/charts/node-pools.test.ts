import { enabledAddons, type NodePools } from "@groundplan/modules/addons";
import { nodePoolFaults } from "@groundplan/modules/addons/charts/node-pool-options";
import { cluster } from "../cluster";

interface Made {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Record<string, unknown>;
}

function made(nodePools?: NodePools, prefixDelegation = false): readonly Made[] {
  const asked = { ...cluster, prefixDelegation, ...(nodePools ? { nodePools } : {}) };
  const [karpenter] = enabledAddons(asked, { nodeAutoscaler: "karpenter" });
  return (karpenter?.customResources?.manifests ?? []) as unknown as readonly Made[];
}

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

const requirements = (pool: Made | undefined) =>
  ((pool?.spec.template ?? { spec: {} }) as { spec: { requirements: readonly Requirement[] } }).spec
    .requirements;

test("without pools there is one, of current machines on demand, that replaces its nodes each month", () => {
  const [nodeClass, pool] = made();
  expect([nodeClass?.kind, pool?.kind, pool?.metadata.name]).toEqual(["EC2NodeClass", "NodePool", "default"]);
  expect(made({})).toEqual(made());
  expect(requirements(pool)).toEqual([
    { key: "karpenter.sh/capacity-type", operator: "In", values: ["on-demand"] },
    { key: "kubernetes.io/arch", operator: "In", values: ["amd64"] },
    { key: "karpenter.k8s.aws/instance-category", operator: "In", values: ["c", "m", "r"] },
    { key: "karpenter.k8s.aws/instance-generation", operator: "Gt", values: ["4"] },
  ]);
  expect(pool?.spec).toMatchObject({
    template: { spec: { expireAfter: "720h" } },
    disruption: { consolidateAfter: "5m", budgets: [{ nodes: "25%" }] },
    limits: { cpu: "64", memory: "256Gi" },
  });
});

test("each pool has a class of its name; what it says is there, and nothing else", () => {
  const all = made({
    general: { capacity: ["spot", "on-demand"], architectures: ["arm64", "x86_64"], weight: 10 },
    gpu: {
      instanceCategories: ["g"],
      minGeneration: 6,
      zones: ["us-east-1a"],
      image: "bottlerocket",
      imageVersion: "v1.52.0",
      diskGb: 200,
      labels: { workload: "models" },
      taints: [{ key: "nvidia.com/gpu", effect: "NO_SCHEDULE" }],
      cpuLimit: 96,
      expireAfterHours: 168,
      maxUnavailable: 1,
    },
    exact: { instanceTypes: ["m7g.large"], architectures: ["arm64"] },
  });
  expect(all.map(({ metadata }) => metadata.name)).toEqual([
    "general",
    "general",
    "gpu",
    "gpu",
    "exact",
    "exact",
  ]);
  const [, general, gpuClass, gpu, , exact] = all;
  expect(general?.spec.weight).toBe(10);
  expect(requirements(general)[1]).toMatchObject({ values: ["arm64", "amd64"] });
  expect(gpuClass?.spec).toMatchObject({
    amiSelectorTerms: [{ alias: "bottlerocket@v1.52.0" }],
    blockDeviceMappings: [{ deviceName: "/dev/xvdb", ebs: { volumeSize: "200Gi", encrypted: true } }],
  });
  expect(gpu?.spec).toMatchObject({
    template: {
      metadata: { labels: { workload: "models" } },
      spec: { expireAfter: "168h", taints: [{ key: "nvidia.com/gpu", effect: "NoSchedule" }] },
    },
    disruption: { budgets: [{ nodes: "1" }] },
    limits: { cpu: "96" },
  });
  expect(requirements(gpu).map(({ values }) => values)).toEqual([
    ["on-demand"],
    ["amd64"],
    ["g"],
    ["5"],
    ["us-east-1a"],
  ]);
  expect(requirements(exact).map(({ key }) => key)).toEqual([
    "karpenter.sh/capacity-type",
    "kubernetes.io/arch",
    "node.kubernetes.io/instance-type",
  ]);
});

test("with prefixes a node takes the pods that managed groups take", () => {
  expect(made({}, true)[0]?.spec.kubelet).toEqual({ maxPods: 110 });
  expect(made()[0]?.spec).not.toHaveProperty("kubelet");
});

const ZONES = ["us-east-1a", "us-east-1b"];

test("valid pools have no faults", () => {
  const pools: NodePools = {
    "a-1": {
      instanceTypes: ["m7g.large", "new9.large"],
      architectures: ["arm64"],
      zones: ZONES,
      maxUnavailable: "100%",
    },
  };
  expect(nodePoolFaults(pools, ZONES)).toEqual([]);
});

test.each<[string, NodePools]>([
  ['pool "A" may hold only', { A: {} }],
  [
    "a.instanceTypes has m7g.large, whose processors are not x86_64",
    { a: { instanceTypes: ["m7g.large", "m5.large"] } },
  ],
  ["a has instanceTypes, and instanceCategories", { a: { instanceTypes: ["m5.large"], minGeneration: 6 } }],
  ["a.capacity is []", { a: { capacity: [] } }],
  ['a.zones has "us-east-1z"', { a: { zones: ["us-east-1z"] } }],
  ["a.cpuLimit is 0", { a: { cpuLimit: 0 } }],
  ["a.weight is 101", { a: { weight: 101 } }],
  ['a.maxUnavailable is "0%"', { a: { maxUnavailable: "0%" } }],
  ['a.labels has "karpenter.sh/nodepool"', { a: { labels: { "karpenter.sh/nodepool": "x" } } }],
  ['a.labels has "node-role.kubernetes.io/x"', { a: { labels: { "node-role.kubernetes.io/x": "" } } }],
  [
    'a.taints has "b:NO_SCHEDULE" twice',
    {
      a: {
        taints: [
          { key: "b", effect: "NO_SCHEDULE" },
          { key: "b", value: "c", effect: "NO_SCHEDULE" },
        ],
      },
    },
  ],
])("planted fault: %s", (said, pools) => {
  const faults = nodePoolFaults(pools, ZONES).map(({ what }) => what);
  expect(faults).toEqual([expect.stringContaining(said)]);
});

test("labels of the domains that Karpenter leaves to others are taken", () => {
  const labels = { "node-restriction.kubernetes.io/team": "shop", "example.node.kubernetes.io/rack": "a" };
  expect(nodePoolFaults({ a: { labels } }, ZONES)).toEqual([]);
});

test("a pool takes instances of capacity reservations by id and tags, and Karpenter's gate is open for it alone", () => {
  const capacityReservations = [{ id: "cr-56fac701cc1951b03" }, { tags: { team: "models" } }];
  const pools: NodePools = { models: { capacity: ["reserved", "on-demand"], capacityReservations } };
  const [nodeClass, pool] = made(pools);
  expect(nodeClass?.spec.capacityReservationSelectorTerms).toEqual(capacityReservations);
  expect(requirements(pool)[0]).toMatchObject({ values: ["reserved", "on-demand"] });
  expect(made()[0]?.spec).not.toHaveProperty("capacityReservationSelectorTerms");
  const settings = (nodePools: NodePools) => {
    const [karpenter] = enabledAddons({ ...cluster, nodePools }, { nodeAutoscaler: "karpenter" });
    return (karpenter?.values ?? {}) as { settings?: object };
  };
  expect(settings(pools)).toMatchObject({ settings: { featureGates: { reservedCapacity: true } } });
  expect(settings({ models: {} })).toHaveProperty("settings.clusterName");
  expect(settings({ models: {} })).not.toHaveProperty("settings.featureGates");
  expect(nodePoolFaults(pools, [])).toEqual([]);
});

test("planted faults: reserved without reservations, the other way round, and ones that name nothing", () => {
  const faults = nodePoolFaults(
    {
      none: { capacity: ["reserved"] },
      unused: { capacityReservations: [{ id: "cr-1" }] },
      wrong: { capacity: ["reserved"], capacityReservations: [{ id: "my-reservation" }, { tags: {} }] },
    },
    [],
  );
  expect(faults.map(({ what }) => what)).toEqual([
    'none.capacity has "reserved", and no capacityReservations: no instance would ever start of it',
    'unused.capacityReservations is set, and capacity has no "reserved": nothing would use them',
    'wrong.capacityReservations has {"id":"my-reservation"}, which names none',
    'wrong.capacityReservations has {"tags":{}}, which names none',
  ]);
});
