import { checkClusterOptions, clusterDirectory } from "../../../local/cluster/options";

test("what can be had is accepted", () => {
  expect(() => checkClusterOptions({})).not.toThrow();
  expect(() => checkClusterOptions({ port: 0, nodes: 20, source: "built", gitops: true })).not.toThrow();
  expect(() => checkClusterOptions({ kubeconfig: "config", source: "kubeconfig" })).not.toThrow();
});

test.each([
  [{ port: 70_000 }, "port 70000 is none"],
  [{ nodes: 0 }, "0 nodes cannot be simulated"],
  [{ nodes: 21 }, "21 nodes cannot be simulated"],
  [{ kubeconfig: "config", source: "kind" as const }, "a kubeconfig is given and kind is asked for"],
  [{ source: "kubeconfig" as const }, "no kubeconfig is given"],
])("%j is refused: %s", (options, reason) => {
  expect(() => checkClusterOptions(options)).toThrow(reason);
});

test("the cluster's folder lies in the emulator's", () => {
  expect(clusterDirectory("/state")).toBe("/state/cluster");
});
