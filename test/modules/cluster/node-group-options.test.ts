import { type NodeGroupOptions, nodeGroupFaults } from "@groundplan/modules/cluster";
import { assert, integer, property } from "fast-check";

const VALID: NodeGroupOptions = { instanceTypes: ["m5.large"], min: 1, max: 4 };

test.each<[string, Partial<NodeGroupOptions>]>([
  ["the least", {}],
  [
    "several types, SPOT, from none",
    { instanceTypes: ["t3.medium", "t3.large"], capacity: "SPOT", min: 0, max: 3 },
  ],
  [
    "newer families and metal",
    { instanceTypes: ["c7gn.16xlarge", "u-6tb1.112xlarge", "m5d.metal"], architecture: "arm64" },
  ],
  [
    "labels and taints",
    {
      labels: { "node.example.com/kind": "batch", empty: "" },
      taints: [{ key: "batch", effect: "NO_EXECUTE" }],
    },
  ],
  ["fixed size", { min: 3, max: 3, desired: 3 }],
])("%s passes", (_, change) => {
  expect(nodeGroupFaults("general", { ...VALID, ...change })).toEqual([]);
});

test.each<[string, Partial<NodeGroupOptions>, string]>([
  ["no type", { instanceTypes: [] }, "general.instanceTypes is []: a group needs one"],
  ["a family", { instanceTypes: ["m5"] }, 'general.instanceTypes is "m5"'],
  ["a type twice", { instanceTypes: ["m5.large", "m5.large"] }, "listed twice"],
  [
    "more types than EKS takes",
    { instanceTypes: Array.from({ length: 21 }, (_, i) => `m${i}.large`) },
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
