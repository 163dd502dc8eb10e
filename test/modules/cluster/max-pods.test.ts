import { maxPods } from "@groundplan/modules/cluster/max-pods";

test.each([
  [["t3.micro"], 34],
  [["m7g.medium"], 98],
  [["t3.medium"], 110],
  [["m5.large", "m5.xlarge"], 110],
  [["c5.6xlarge"], 110],
  [["c5.9xlarge"], 250],
  [["m5.metal", "m6g.metal-48xl"], 250],
  [["m5.large", "m5.24xlarge"], 110],
])("%j: %i pods on a node", (types, pods) => {
  expect(maxPods(types)).toBe(pods);
});
