import {
  type NodeGroupOptions,
  nodeGroupFaults,
  nodeGroupsFaults,
  nodeGroupWarnings,
} from "@groundplan/modules/cluster";
import { assert, integer, property } from "fast-check";

const VALID: NodeGroupOptions = { instanceTypes: ["m5.large"], min: 1, max: 4 };

test.each<[string, Partial<NodeGroupOptions>]>([
  ["the least", {}],
  [
    "several types, SPOT, from none",
    { instanceTypes: ["t3.medium", "t3.large"], capacity: "SPOT", min: 0, max: 3 },
  ],
  ["newer families and metal", { instanceTypes: ["u-6tb1.112xlarge", "m5d.metal"] }],
  [
    "labels and taints",
    {
      labels: { "node.example.com/kind": "batch", empty: "" },
      taints: [{ key: "batch", effect: "NO_EXECUTE" }],
    },
  ],
  ["fixed size", { min: 3, max: 3, desired: 3 }],
  ["ARM on ARM", { instanceTypes: ["c7gn.16xlarge", "t4g.medium"], architecture: "arm64" }],
  ["a family that nobody knows", { instanceTypes: ["q9z.large"], architecture: "arm64" }],
  [
    "two taints of one key",
    {
      taints: [
        { key: "a", effect: "NO_EXECUTE" },
        { key: "a", effect: "NO_SCHEDULE" },
      ],
    },
  ],
  [
    "a pinned release",
    { releaseVersion: "1.35.2-20261110", maxUnavailable: 1, timeoutMinutes: { update: 90 } },
  ],
  [
    "a release of Bottlerocket",
    { image: "bottlerocket", releaseVersion: "1.44.0-0a1b2c3d", maxUnavailable: "100%" },
  ],
])("%s passes", (_, change) => {
  expect(nodeGroupFaults("general", { ...VALID, ...change })).toEqual([]);
});

test.each<[string, Partial<NodeGroupOptions>, string]>([
  ["no type", { instanceTypes: [] }, "general.instanceTypes is []: a group needs one"],
  ["a family", { instanceTypes: ["m5"] }, 'general.instanceTypes is "m5"'],
  ["a type twice", { instanceTypes: ["m5.large", "m5.large"] }, "listed twice"],
  [
    "more types than EKS takes",
    { instanceTypes: Array.from({ length: 21 }, (_, i) => `m5.${i + 1}xlarge`) },
    "EKS takes 20",
  ],
  ["min below none", { min: -1 }, "general.min is -1"],
  ["no node ever", { min: 0, max: 0 }, "general.max is 0: not a whole number of 1 or more"],
  ["max below min", { min: 5 }, "general.max is 4: less than min 5"],
  ["half a node", { desired: 1.5 }, "general.desired is 1.5: not a whole number of 1 to 4"],
  ["desired above max", { desired: 5 }, "general.desired is 5"],
  ["desired below min", { desired: 0 }, "general.desired is 0"],
  ["a disk below the image's", { diskGb: 19 }, "general.diskGb is 19"],
  ["a disk beyond EBS", { diskGb: 16_385 }, "general.diskGb is 16385"],
  ["a label with a space", { labels: { "my label": "x" } }, "general.labels.my label"],
  ["a label's value that is too long", { labels: { kind: "x".repeat(64) } }, "general.labels.kind"],
  [
    "ARM types on an image for x86",
    { instanceTypes: ["m7g.large"] },
    "m7g.large, whose processors are arm64",
  ],
  [
    "x86 types on ARM",
    { instanceTypes: ["m5.large"], architecture: "arm64" },
    "m5.large, whose processors are x86_64",
  ],
  ["types of both", { instanceTypes: ["m5.large", "t4g.large"] }, "has t4g.large, whose"],
  [
    "an image that is not made for ARM",
    { image: "al2023-neuron", architecture: "arm64", instanceTypes: ["t4g.large"] },
    "there is none for arm64",
  ],
  [
    "settings of nodeadm on Bottlerocket",
    { image: "bottlerocket", nodeConfig: { kubelet: {} } },
    "general.nodeConfig is for nodeadm",
  ],
  ["an image that nobody makes", { image: "al2" as "al2023" }, 'general.image is "al2"'],
  [
    "two taints of one key and effect",
    {
      taints: [
        { key: "a", value: "1", effect: "NO_EXECUTE" },
        { key: "a", value: "2", effect: "NO_EXECUTE" },
      ],
    },
    'general.taints is "a:NO_EXECUTE": EKS takes one taint',
  ],
  [
    "51 taints",
    { taints: Array.from({ length: 51 }, (_, i) => ({ key: `k${i}`, effect: "NO_SCHEDULE" as const })) },
    "EKS takes 50",
  ],
  ["a label of Kubernetes' domain", { labels: { "kubernetes.io/arch": "arm64" } }, "EKS keeps its domain"],
  ["a release of words", { releaseVersion: "newest" }, 'general.releaseVersion is "newest"'],
  ["a share above all", { maxUnavailable: "101%" }, 'general.maxUnavailable is "101%"'],
  ["no node at a time", { maxUnavailable: 0 }, "general.maxUnavailable is 0"],
  ["minutes that are too few", { timeoutMinutes: { delete: 5 } }, "general.timeoutMinutes.delete is 5"],
  ["a taint without a key", { taints: [{ key: "", effect: "NO_SCHEDULE" }] }, "general.taints"],
])("%s is refused", (_, change, what) => {
  const faults = nodeGroupFaults("general", { ...VALID, ...change });
  expect(faults.map((fault) => fault.what)).toContainEqual(expect.stringContaining(what));
  for (const { instead } of faults) expect(instead).toMatch(/^(?:use|list) /);
});

test.each(["General", "a_b", "-a", "", "1a", "a--b", "a".repeat(31)])("the name %j is refused", (name) => {
  expect(nodeGroupFaults(name, VALID)).toHaveLength(1);
});

test("a value that is missing is named, and not taken for another's fault", () => {
  const faults = nodeGroupFaults("general", { instanceTypes: ["m5.large"] } as unknown as NodeGroupOptions);
  expect(faults.map(({ what }) => what)).toEqual([
    "general.min is undefined: not a whole number of 0 or more",
    "general.max is undefined: not a whole number of 1 or more",
  ]);
});

test("desired passes exactly when it lies between min and max", () => {
  const size = integer({ min: 0, max: 20 });
  assert(
    property(size, size, size, (min, max, desired) => {
      const fine = max >= 1 && min <= desired && desired <= max;
      expect(nodeGroupFaults("general", { ...VALID, min, max, desired }).length === 0).toBe(fine);
    }),
  );
});

test("an instance type of a family that the table does not know is warned of, and of no other", () => {
  expect(nodeGroupWarnings("general", { ...VALID, instanceTypes: ["m5.large", "q9z.large"] })).toEqual([
    expect.stringContaining("general.instanceTypes: q9z.large: a family"),
  ]);
  expect(nodeGroupWarnings("general", VALID)).toEqual([]);
});

describe("a place for what is installed first", () => {
  const tainted: NodeGroupOptions = { ...VALID, taints: [{ key: "batch", effect: "NO_SCHEDULE" }] };
  const faults = (groups: Record<string, NodeGroupOptions>) =>
    nodeGroupsFaults(groups, 50).map(({ what }) => what);

  test.each<[string, Record<string, NodeGroupOptions>]>([
    ["one group without a taint", { general: VALID, batch: tainted }],
    [
      "a taint that only prefers",
      { general: { ...VALID, taints: [{ key: "a", effect: "PREFER_NO_SCHEDULE" }] } },
    ],
  ])("%s is one", (_, groups) => {
    expect(faults(groups)).toEqual([]);
  });

  test.each<[string, Record<string, NodeGroupOptions>]>([
    ["all groups tainted", { batch: tainted, other: tainted }],
    ["the only open group may be empty", { general: { ...VALID, min: 0 }, batch: tainted }],
  ])("planted fault: %s", (_, groups) => {
    expect(faults(groups)).toEqual([expect.stringContaining("no node group has a node without a taint")]);
  });
});
