import {
  findNodeProgram,
  type Machine,
  nodeObstacle,
  pluginFolder,
} from "../../../../local/cluster/real-node/obstacles";

const FILES = [
  ...["containerd", "containerd-shim-runc-v2", "ctr", "nsenter"].map((name) => `/usr/bin/${name}`),
  ...["runc", "iptables"].map((name) => `/usr/sbin/${name}`),
  ...["bridge", "ptp", "host-local", "loopback", "portmap"].map((name) => `/usr/lib/cni/${name}`),
  "/sys/fs/cgroup/memory",
  "/sys/fs/cgroup",
];

function machine(more: Partial<Machine> = {}, without: readonly string[] = []): Machine {
  return {
    platform: "linux",
    user: 0,
    path: "/usr/bin",
    exists: (path) => FILES.includes(path) && !without.includes(path),
    isWritable: () => true,
    ...more,
  };
}

test("a machine with all of it has no obstacle, also where PATH is not the administrator's", () => {
  expect(nodeObstacle(machine())).toBeUndefined();
  expect(findNodeProgram("runc", machine())).toBe("/usr/sbin/runc");
});

test.each([
  [machine({ platform: "darwin" }), /containers need Linux/],
  [machine({ user: 1000 }), /need root.*sudo -E/],
  [
    machine({}, ["/usr/bin/containerd", "/usr/bin/ctr"]),
    /^containerd, ctr are missing: apt-get install --no-install-recommends containerd$/,
  ],
  [
    machine({}, ["/usr/lib/cni/ptp", "/usr/sbin/iptables"]),
    /^iptables, CNI's plugins are missing: .* iptables containernetworking-plugins$/,
  ],
  [machine({}, ["/sys/fs/cgroup", "/sys/fs/cgroup/memory"]), /not mounted/],
  [machine({ isWritable: () => false }), /\/sys\/fs\/cgroup\/memory is read-only/],
])("planted fault %#: what is missing is said, with what to do", (faulty, message) => {
  expect(nodeObstacle(faulty)).toMatch(message);
});

test("the plugins of CNI lie where another distribution puts them", () => {
  const elsewhere = machine({ exists: (path) => path.startsWith("/opt/cni/bin/") });
  expect(pluginFolder(elsewhere)).toBe("/opt/cni/bin");
});
