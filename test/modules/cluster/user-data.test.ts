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
