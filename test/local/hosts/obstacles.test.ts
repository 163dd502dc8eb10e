import type { Machine } from "../../../local/cluster/real-node/obstacles";
import { hostObstacle, machineObstacle } from "../../../local/hosts/obstacles";

const MACHINE: Machine = {
  platform: "linux",
  user: 0,
  path: "/usr/bin",
  exists: () => true,
  isWritable: () => true,
};

test("a machine that has everything runs containers", () => {
  expect(hostObstacle(MACHINE)).toBeUndefined();
});

test.each<[string, Partial<Machine>]>([
  ["containers need Linux", { platform: "darwin" }],
  ["need root", { user: 1000 }],
  [
    "runc is missing: apt-get install --no-install-recommends runc",
    { exists: (path) => !path.endsWith("/runc") },
  ],
  ["cgroups are not mounted", { exists: (path) => !path.startsWith("/sys/") }],
  ["read-only", { isWritable: () => false }],
])("says that %s", (said, more) => {
  expect(hostObstacle({ ...MACHINE, ...more })).toContain(said);
});

test("instances need more than containers do, and it says which packages", () => {
  expect(machineObstacle(MACHINE)).toBeUndefined();
  const without = { ...MACHINE, exists: (path: string) => !path.endsWith("/systemd-nspawn") };
  expect(hostObstacle(without)).toBeUndefined();
  expect(machineObstacle(without)).toBe(
    "systemd-nspawn is missing: apt-get install --no-install-recommends systemd-container",
  );
});
