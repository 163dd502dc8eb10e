import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { parse, parseAllDocuments, stringify } from "yaml";
import { GO_ENVIRONMENT, toolPath } from "../local/cluster/tools";
import { cacheDirectory } from "../local/install";
import { kyverno } from "../modules/addons/charts/kyverno";
import type { Cluster } from "./cluster";
import { cluster as addonCluster } from "./modules/addons/cluster";
import { runProgram } from "./program";
import { temporaryFolder } from "./temporary-folder";

/** Hash of Kyverno's sources, as go.sum writes it; they pin the hashes of all that they use. */
const SUM = "h1:/MkgFii3/VlQfKR1JpC9tVwNNVNQTt2S4U6qCsafsTU=";

/** Whether the test of the real admission controller is wanted: it is built from its sources, which takes minutes. */
export const wantsKyverno = process.env.GROUNDPLAN_KYVERNO === "1";

/** Folder of the sources of the Kyverno that the add-on installs: with its chart and its custom resource definitions. */
function sources(): string {
  const version = `v${kyverno.chart.appVersion}`;
  const args = ["mod", "download", "-json", `github.com/kyverno/kyverno@${version}`];
  const env = { ...process.env, ...GO_ENVIRONMENT, GOFLAGS: "" };
  const text = execFileSync("go", args, { cwd: temporaryFolder("go"), env, encoding: "utf8" });
  const { Sum, Dir } = JSON.parse(text) as { Sum: string; Dir: string };
  if (Sum !== SUM) throw new Error(`the sources of Kyverno ${version} have the hash ${Sum}, and not ${SUM}`);
  return Dir;
}

/** Kyverno's admission controller, built from its sources with the versions that it pins itself. */
async function build(folder: string): Promise<string> {
  const path = join(cacheDirectory(), `kyverno-${kyverno.chart.appVersion}`, "kyverno");
  if (existsSync(path)) return path;
  mkdirSync(join(path, ".."), { recursive: true });
  const building = `${path}.${process.pid}`;
  const args = ["build", "-trimpath", "-ldflags", "-s -w", "-o", building, "./cmd/kyverno"];
  const { code, output } = await runProgram("go", args, { cwd: folder, environment: GO_ENVIRONMENT });
  if (code !== 0) throw new Error(output);
  copyFileSync(building, path);
  return path;
}

/** Kyverno beside a cluster of a test: the real admission controller, as its chart starts it with the add-on's values. */
export class Kyverno {
  /** What it printed. */
  log = "";

  private readonly ended: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.ended = new Promise((resolve) => child.once("exit", resolve));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.log += chunk.toString();
      });
    }
  }

  static async start(cluster: Cluster): Promise<Kyverno> {
    const folder = sources();
    const program = await build(folder);
    const crds = ["kyverno", "policies.kyverno.io", "policyreport", "reports"].flatMap((group) => {
      const at = join(folder, "config", "crds", group);
      return readdirSync(at).map((file) => join(at, file));
    });
    await cluster.succeed(["apply", "--server-side", ...crds.map((file) => `--filename=${file}`)]);
    const objects = await rendered(folder);
    await cluster.succeed(["create", "namespace", "kyverno"]);
    const settings = objects.filter(({ kind }) => ["ConfigMap", "Service"].includes(kind));
    const input = settings.map((one) => stringify(one)).join("---\n");
    await cluster.succeed(["apply", "--namespace=kyverno", "--filename=-"], { input });
    const pod = objects.find(({ kind }) => kind === "Deployment")?.spec.template.spec.containers[0];
    const port = await freePort();
    // It runs beside the cluster and not in it: the API server reaches it by its address, and it reads a kubeconfig.
    const own = [
      `--kubeconfig=${cluster.kubeconfig}`,
      `--serverIP=127.0.0.1:${port}`,
      `--webhookServerPort=${port}`,
      "--webhookServerHost=127.0.0.1",
      "--disableMetrics=true",
      "--controllerRuntimeMetricsAddress=0",
    ];
    const theirs = (pod?.args ?? []).filter((arg: string) => !own.some((one) => isSameFlag(one, arg)));
    const values = (pod?.env ?? []).flatMap(({ name, value }: { name: string; value?: string }) =>
      value === undefined ? [] : [[name, value]],
    );
    const names = {
      KYVERNO_NAMESPACE: "kyverno",
      KYVERNO_POD_NAME: "kyverno",
      TUF_ROOT: temporaryFolder("tuf"),
    };
    const env = { ...process.env, ...Object.fromEntries(values), ...names };
    return new Kyverno(spawn(program, [...theirs, ...own], { env, stdio: ["ignore", "pipe", "pipe"] }));
  }

  async stop(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }
}

const isSameFlag = (one: string, other: string) => one.split("=")[0] === other.split("=")[0];

interface Rendered {
  readonly kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: manifests of a chart, of any kind
  readonly spec: any;
}

/** What the chart makes of the add-on's values, by the real Helm. */
async function rendered(folder: string): Promise<readonly Rendered[]> {
  const chart = join(temporaryFolder("kyverno-chart"), "kyverno");
  cpSync(join(folder, "charts", "kyverno"), chart, { recursive: true });
  execFileSync("chmod", ["--recursive", "u+w", chart]);
  // Charts of others that bring definitions: those lie beside the sources.
  const about = join(chart, "Chart.yaml");
  const { dependencies, ...rest } = parse(readFileSync(about, "utf8"));
  const near = dependencies.filter(({ repository }: { repository?: string }) => repository === undefined);
  writeFileSync(about, stringify({ ...rest, dependencies: near }));
  const values = join(chart, "..", "values.json");
  writeFileSync(values, JSON.stringify(kyverno.install(addonCluster, true).values));
  const args = [
    "template",
    "kyverno",
    chart,
    "--namespace=kyverno",
    `--values=${values}`,
    "--kube-version=1.35.0",
  ];
  const { code, stdout, output } = await runProgram(toolPath("helm"), args);
  if (code !== 0) throw new Error(output);
  return parseAllDocuments(stdout).flatMap((document) =>
    document.toJS() ? [document.toJS() as Rendered] : [],
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
