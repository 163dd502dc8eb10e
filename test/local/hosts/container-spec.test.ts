import {
  argumentsOf,
  type ContainerSettings,
  containerSpec,
  userOf,
} from "../../../local/hosts/container-spec";

const FILES = {
  passwd: "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001:app:/home/app:/bin/sh\n",
  group: "root:x:0:\nstaff:x:50:app\napp:x:1001:\n",
};

const SETTINGS: ContainerSettings = {
  image: { Entrypoint: ["/app"], Cmd: ["serve"], Env: ["A=image", "B=image"], WorkingDir: "/srv" },
  hostname: "ip-10-0-0-7",
  environment: { B: "task" },
  readonlyRoot: true,
  privileged: false,
  memory: 1024,
  capabilities: { add: [], drop: [] },
  limits: [{ name: "nofile", softLimit: 10, hardLimit: 20 }],
  mounts: [{ source: "/run/volumes/1/scratch", target: "/tmp", readonly: false }],
  user: { uid: 1000, gid: 1001, additionalGids: [50], home: "/home/app" },
  network: "/run/netns/t1",
  cgroup: "/groundplan-1/1/app",
  bundle: "/run/containers/1-app",
};

interface Spec {
  readonly process: {
    readonly env: readonly string[];
    readonly args: readonly string[];
    readonly capabilities: Readonly<Record<string, readonly string[]>>;
    readonly user: object;
    readonly cwd: string;
    readonly rlimits: readonly object[];
  };
  readonly root: object;
  readonly linux: {
    readonly resources: object;
    readonly namespaces: readonly object[];
    readonly maskedPaths?: object;
  };
  readonly mounts: readonly { readonly destination: string; readonly options: readonly string[] }[];
}

const specOf = (more: Partial<ContainerSettings> = {}) => containerSpec({ ...SETTINGS, ...more }) as Spec;

test.each<[Partial<ContainerSettings>, readonly string[]]>([
  [{}, ["/app", "serve"]],
  [{ command: ["migrate"] }, ["/app", "migrate"]],
  [{ entryPoint: ["/bin/sh", "-c"] }, ["/bin/sh", "-c"]],
  [{ entryPoint: ["/bin/sh", "-c"], command: ["true"] }, ["/bin/sh", "-c", "true"]],
])("entry point and command: %j", (more, all) => {
  expect(argumentsOf({ ...SETTINGS, ...more })).toEqual(all);
});

test("an image without a command needs one", () => {
  expect(() => argumentsOf({ image: {} })).toThrow("no command specified");
});

test.each<[string, object]>([
  ["", { uid: 0, gid: 0, additionalGids: [], home: "/root" }],
  ["app", { uid: 1000, gid: 1001, additionalGids: [50], home: "/home/app" }],
  ["1000", { uid: 1000, gid: 1001, additionalGids: [50], home: "/home/app" }],
  ["app:staff", { uid: 1000, gid: 50, additionalGids: [], home: "/home/app" }],
  ["65532:65532", { uid: 65532, gid: 65532, additionalGids: [], home: "/" }],
])("the user %j", (asked, user) => {
  expect(userOf(asked, FILES)).toEqual(user);
});

test("an unknown user or group is refused, and not taken for root", () => {
  expect(() => userOf("nobody-here", FILES)).toThrow("unable to find user nobody-here");
  expect(() => userOf("app:nogroup", FILES)).toThrow("unable to find group nogroup");
});

test("the task's variables replace the image's", () => {
  const { env } = specOf().process;
  expect(env).toContain("A=image");
  expect(env.filter((line) => line.startsWith("B="))).toEqual(["B=task"]);
  expect(env.some((line) => line.startsWith("PATH="))).toBe(true);
});

test("limits, user, root and networks are those of the settings", () => {
  const { root, process, linux, mounts } = specOf();
  expect(root).toEqual({ path: "/run/containers/1-app/rootfs", readonly: true });
  expect(process).toMatchObject({
    cwd: "/srv",
    user: { uid: 1000, gid: 1001 },
    rlimits: [{ type: "RLIMIT_NOFILE", soft: 10, hard: 20 }],
  });
  expect(linux.resources).toMatchObject({ memory: { limit: 1024, swap: 1024 } });
  expect(linux.namespaces).toContainEqual({ type: "network", path: "/run/netns/t1" });
  expect(mounts.find(({ destination }) => destination === "/tmp")?.options).not.toContain("ro");
});

test("a user that is not root has no capabilities, and dropping all leaves what is added", () => {
  expect(specOf().process.capabilities).toMatchObject({ effective: [], permitted: [] });
  const root = { user: { uid: 0, gid: 0, additionalGids: [], home: "/" } };
  expect(specOf(root).process.capabilities.effective).toContain("CAP_CHOWN");
  expect(specOf(root).process.capabilities.effective).not.toContain("CAP_SYS_ADMIN");
  const only = { ...root, capabilities: { add: ["net_bind_service"], drop: ["ALL"] } };
  expect(specOf(only).process.capabilities.effective).toEqual(["CAP_NET_BIND_SERVICE"]);
});
