import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { nodeObstacle } from "../../../local/cluster";
import { cgroupOf } from "../../../local/cluster/real-node/cgroup";
import { toolPath } from "../../../local/cluster/tools";
import { markOf } from "../../../local/process/process-file";
import { type Run, runProgram } from "../../program";
import { temporaryFolder } from "../../temporary-folder";
import { IMAGE, pushServer } from "./real-node/image";
import { cgroupsOf, traces } from "./real-node/traces";

const CLI = join(__dirname, "..", "..", "..", "cli", "bin", "groundplan.js");

interface Status {
  readonly kubeconfig: string;
  readonly nodes: { readonly kind: string; readonly count: number; readonly networkNamespace: string };
  readonly components: readonly { readonly name: string; readonly pid: number; readonly running: boolean }[];
}

/** In CI it has to run wherever the set-up could install what it needs: as root on Linux. */
const isInCi = process.env.CI === "true" && process.platform === "linux" && process.getuid?.() === 0;
const onNode = nodeObstacle() === undefined || isInCi ? describe : describe.skip;

onNode("a real node", () => {
  let folder: string;
  let clusterFolder: string;
  let cgroup: string;
  let running: Status;

  /** Of the AWS emulator. */
  let endpoint: string;

  beforeAll(async () => {
    folder = temporaryFolder("real-node");
    clusterFolder = join(folder, ".groundplan", "local", "cluster");
    cgroup = cgroupOf(clusterFolder);
    endpoint = JSON.parse(await succeed(groundplan("up", "--port", "0", "--json"))).endpoint;
    const [status] = await Promise.all([up(), pushServer(endpoint, folder)]);
    running = status;
    await kubectl(["apply", "--filename=-"], JSON.stringify(MANIFEST));
    await kubectl(["rollout", "status", "deployment/web", "--timeout=600s"]);
  });

  afterAll(async () => {
    await groundplan("down");
    rmSync(folder, { recursive: true, force: true });
  });

  function groundplan(...args: string[]): Promise<Run> {
    return runProgram(process.execPath, [CLI, "local", ...args], {
      cwd: folder,
      environment: { CI: "true" },
    });
  }

  async function up(): Promise<Status> {
    const args = ["--source", "built", "--nodes", "real", "--port", "0", "--json"];
    return JSON.parse(await succeed(groundplan("cluster", "up", ...args)));
  }

  async function kubectl(args: readonly string[], input?: string): Promise<string> {
    const all = ["--kubeconfig", join(clusterFolder, "kubeconfig"), ...args];
    return succeed(runProgram(toolPath("kubectl"), all, input === undefined ? {} : { input }));
  }

  /** Calls an address of the node's network, as a program in it does. */
  async function call(url: string): Promise<string> {
    const net = `--net=${running.nodes.networkNamespace}`;
    const script = `fetch(${JSON.stringify(url)}).then((a) => a.text()).then(console.log, (e) => console.log(e.cause?.code))`;
    return (await succeed(runProgram("nsenter", [net, process.execPath, "--eval", script]))).trim();
  }

  const pods = async () =>
    JSON.parse(await kubectl(["get", "pods", "--selector=app=web", "--output=json"])).items as readonly {
      readonly metadata: { readonly name: string };
      readonly status: {
        readonly podIP: string;
        readonly containerStatuses: readonly {
          readonly ready: boolean;
          readonly restartCount: number;
          readonly lastState: {
            readonly terminated?: { readonly reason: string; readonly exitCode: number };
          };
        }[];
      };
    }[];

  const clusterIp = async () =>
    (await kubectl(["get", "service", "web", "--output=jsonpath={.spec.clusterIP}"])).trim();

  async function restarted(name: string) {
    let last: { readonly reason: string; readonly exitCode: number } | undefined;
    await until(async () => {
      const [status] =
        (await pods()).find((pod) => pod.metadata.name === name)?.status.containerStatuses ?? [];
      last = status?.lastState.terminated;
      return last !== undefined && status?.ready === true;
    });
    return last;
  }

  test("status tells which kind it is, and what runs", async () => {
    const status: Status = JSON.parse(await succeed(groundplan("cluster", "status", "--json")));
    expect(status.nodes).toMatchObject({ kind: "real", count: 1 });
    expect(existsSync(status.nodes.networkNamespace)).toBe(true);
    expect(status.components.filter((component) => !component.running)).toEqual([]);
    expect(status.components.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["node", "containerd", "kubelet", "kube-proxy"]),
    );
  });

  test("a Service balances over pods, at its address and at its port on the loopback address", async () => {
    const names = (await pods()).map((pod) => pod.metadata.name).sort();
    expect(names).toHaveLength(2);
    const address = await clusterIp();
    for (const askOnce of [
      () => call(`http://${address}/`),
      // A connection that is kept stays with its pod.
      async () => (await ask(atPort(), { connection: "close" })).trim(),
    ]) {
      const answered = new Set<string>();
      await until(async () => answered.add(await askOnce()).size === 2);
      expect([...answered].sort()).toEqual(names);
    }
  });

  test("a pod whose readiness probe fails is asked no more; the others are", async () => {
    const [first, second] = await pods();
    await call(`http://${first?.status.podIP}:8080/refuse`);
    const slices = ["get", "endpointslices", "--selector=kubernetes.io/service-name=web", "--output=json"];
    await until(async () => {
      const { endpoints } = JSON.parse(await kubectl(slices)).items[0];
      return endpoints.filter((one: { conditions: { ready: boolean } }) => one.conditions.ready).length === 1;
    });
    const askOnce = async () => (await ask(atPort(), { connection: "close" })).trim();
    const answers = await Promise.all(Array.from({ length: 16 }, askOnce));
    expect(new Set(answers)).toEqual(new Set([second?.metadata.name]));
    // A container that ends is started again, and is ready then.
    await call(`http://${first?.status.podIP}:8080/end`);
    expect(await restarted(first?.metadata.name ?? "")).toMatchObject({ exitCode: 3 });
  });

  test("a container that takes more memory than its limit is killed, and no other", async () => {
    const [first, second] = await pods();
    await call(`http://${second?.status.podIP}:8080/fill`);
    expect(await restarted(second?.metadata.name ?? "")).toMatchObject({ reason: "OOMKilled" });
    expect((await pods())[0]?.status.containerStatuses[0]?.restartCount).toBe(
      first?.status.containerStatuses[0]?.restartCount,
    );
  });

  test("logs, exec, port-forward, and the API by a pod's own account", async () => {
    const name = (await pods())[0]?.metadata.name ?? "";
    expect(await kubectl(["logs", name])).toContain("listening");
    expect(await kubectl(["exec", name, "--", "/server", "from", "inside"])).toBe("from inside\n");
    expect(await call(`http://${await clusterIp()}/api`)).toBe("200");
    const forward = spawn(toolPath("kubectl"), [
      ...["--kubeconfig", running.kubeconfig],
      ...["port-forward", `pod/${name}`, ":8080"],
    ]);
    const ended = once(forward, "close");
    try {
      const port = await said(forward, /127\.0\.0\.1:(\d+)/);
      expect((await ask(`http://127.0.0.1:${port}/`)).trim()).toBe(name);
    } finally {
      forward.kill();
      await ended;
    }
  });

  test("a pod finds Services by name, and the AWS emulator; planted fault: no other name", async () => {
    const address = await clusterIp();
    const look = (name: string) => call(`http://${address}/look?name=${name}`);
    expect(await look("web")).toBe(address);
    expect(await look("web.default.svc.cluster.local")).toBe(address);
    expect(await look("none.default")).toContain("no such host");
    const aws = `http://aws.localhost:${new URL(endpoint).port}/v2/`;
    expect(await call(`http://${address}/get?url=${aws}`)).toBe("401");
  });

  test("planted fault: an image that the local ECR has not is not run, and the event says so", async () => {
    await kubectl(["run", "none", `--image=${IMAGE.replace(":v1", ":none")}`]);
    const reason = "--output=jsonpath={.status.containerStatuses[0].state.waiting}";
    await until(async () => (await kubectl(["get", "pod", "none", reason])).includes("not found"));
    await kubectl(["delete", "pod", "none", "--grace-period=0", "--force"]);
  });

  test("planted fault: from inside, the node's mounts, links, rules and cgroups are found", async () => {
    const pid = Number(readFileSync(join(clusterFolder, "node.pid"), "utf8"));
    const found = (await traces(clusterFolder, cgroup, pid)).join("\n");
    for (const what of ["/run/groundplan", "cni-", "cni0", "KUBE-SERVICES", cgroup, "process "]) {
      expect(found).toContain(what);
    }
  });

  test("a part that was killed is told, and the next start has all of it again", async () => {
    const containerd = running.components.find(({ name }) => name === "containerd")?.pid ?? 0;
    process.kill(containerd, "SIGKILL");
    await until(() => markOf(containerd) === undefined);
    const broken = await groundplan("cluster", "status");
    expect(broken.output).toMatch(/ended {2}containerd/);
    expect(broken.code).toBe(1);
    running = await up();
    // What the store says of the pods is of before, until kubelet has looked.
    const names = (await pods()).map((pod) => pod.metadata.name);
    const address = await clusterIp();
    await until(async () => names.includes(await call(`http://${address}/`)));
  });

  test("down leaves nothing, also of a node that was killed, and of a start that was", async () => {
    // GIVEN the process that holds all namespaces is killed
    const node = running.components.find(({ name }) => name === "node")?.pid ?? 0;
    process.kill(node, "SIGKILL");
    await until(() => markOf(node) === undefined);
    expect(cgroupsOf(cgroup)).not.toEqual([]);
    // WHEN
    await succeed(groundplan("cluster", "down"));
    // THEN
    expect(await traces(clusterFolder, cgroup)).toEqual([]);

    // GIVEN a start that is killed when containerd is there
    const args = ["cluster", "up", "--source", "built", "--nodes", "real", "--port", "0"];
    const child = spawn(process.execPath, [CLI, "local", ...args], { cwd: folder, stdio: "ignore" });
    const ended = once(child, "close");
    await until(async () =>
      (await traces(clusterFolder, cgroup)).some((line) => /containerd --config/.test(line)),
    );
    child.kill("SIGKILL");
    await ended;
    expect(await traces(clusterFolder, cgroup)).not.toEqual([]);
    // WHEN
    await groundplan("cluster", "down");
    // THEN
    expect(await traces(clusterFolder, cgroup)).toEqual([]);
  });
});

const NODE_PORT = 30_000 + (process.pid % 2_700);

const atPort = () => `http://127.0.0.1:${NODE_PORT}/`;

const MANIFEST = {
  apiVersion: "v1",
  kind: "List",
  items: [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: "web" } },
        template: {
          metadata: { labels: { app: "web" } },
          spec: {
            securityContext: {
              runAsNonRoot: true,
              runAsUser: 1000,
              seccompProfile: { type: "RuntimeDefault" },
            },
            containers: [
              {
                name: "main",
                image: IMAGE,
                readinessProbe: { httpGet: { path: "/ready", port: 8080 }, periodSeconds: 1 },
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ["ALL"] },
                },
                resources: { limits: { memory: "48Mi" } },
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: {
        type: "NodePort",
        selector: { app: "web" },
        ports: [{ port: 80, targetPort: 8080, nodePort: NODE_PORT }],
      },
    },
  ],
};

async function succeed(run: Promise<Run>): Promise<string> {
  const { code, stdout, output } = await run;
  if (code !== 0) throw new Error(output);
  return stdout;
}

async function ask(url: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  return (await fetch(url, { headers })).text();
}

/** Waits until something is so. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const begun = Date.now(); !(await condition()); await sleep(100)) {
    if (Date.now() - begun > 600_000) throw new Error("it did not come to be in ten minutes");
  }
}

/** Waits until a program says something. @returns the first group. */
function said(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout?.on("data", (part: Buffer) => {
      output += part.toString();
      const [, found] = pattern.exec(output) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once("close", () => reject(new Error(`it ended: ${output}`)));
  });
}
