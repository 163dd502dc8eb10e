import { nodeFiles } from "../../../../local/cluster/real-node/node-files";

const SETTINGS = {
  name: "node",
  cgroup: "groundplan-0",
  awsEndpoint: "http://127.0.0.1:4999",
  runc: "/usr/sbin/runc",
  plugins: "/usr/lib/cni",
  overlay: true,
};

test("every registry is the local one, and no kernel setting is touched", () => {
  const files = nodeFiles(SETTINGS);
  expect(files["registries/_default/hosts.toml"]).toContain('server = "http://127.0.0.1:4999"');
  const kubelet = JSON.parse(files["kubelet.json"] ?? "");
  expect(kubelet).toMatchObject({
    cgroupRoot: "/groundplan-0",
    enforceNodeAllocatable: [],
    featureGates: { KubeletInUserNamespace: true },
    authentication: { anonymous: { enabled: false } },
  });
  expect(JSON.parse(files["kube-proxy.json"] ?? "").conntrack).toEqual({
    maxPerCore: 0,
    tcpEstablishedTimeout: "0s",
    tcpCloseWaitTimeout: "0s",
  });
});

test("on an overlay no overlay is put", () => {
  expect(nodeFiles(SETTINGS)["containerd.toml"]).toContain('snapshotter = "overlayfs"');
  expect(nodeFiles({ ...SETTINGS, overlay: false })["containerd.toml"]).toContain('snapshotter = "native"');
});
