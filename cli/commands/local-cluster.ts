import {
  type ClusterOptions,
  type ClusterSource,
  type ClusterStatus,
  clusterDown,
  clusterStatus,
  clusterUp,
  type NodeStatus,
  type NodesOption,
  status,
} from "@groundplan/local";
import { type Command, InvalidArgumentError, Option } from "commander";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { type Line, line, paint, say, sayJson } from "../console/output";
import { asCli, place } from "../local/place";
import { interrupted } from "../process/interrupts";
import { runSteps } from "../progress/tasks";

/** Flags of `local cluster up`. */
interface ClusterFlags {
  readonly port?: number;
  readonly nodes?: NodesOption;
  readonly kubeconfig?: string;
  readonly source?: ClusterSource;
  readonly gitops?: boolean;
  readonly json?: boolean;
}

/** Adds `groundplan local cluster …`. */
export function addCluster(local: Command): void {
  const cluster = local
    .command("cluster")
    .summary("Kubernetes on this machine, as the cluster that the local EKS describes")
    .description(
      "Runs Kubernetes on the loopback address: the cluster of a kubeconfig, or one by kind or k3d where a container engine answers, or else the control plane itself, built from its sources, with a real node where this machine can run containers.",
    )
    .addHelpText(
      "after",
      `\nExamples:\n  $ npx groundplan local cluster up\n  $ export KUBECONFIG="$(npx groundplan local cluster status --json | jq -r .kubeconfig)"\n  $ npx groundplan local cluster down`,
    );
  const number = (what: string) => (text: string) => {
    const value = Number(text);
    if (text !== "" && Number.isInteger(value) && value >= 0) return value;
    throw new InvalidArgumentError(what);
  };
  cluster
    .command("up")
    .summary("start it, or find the one that runs")
    .description(
      "Starts the cluster, or finds the one that runs. Building the control plane needs Go and takes about ten minutes, once.",
    )
    .option(
      "-p, --port <port>",
      "port of the Kubernetes API (default: the one it had, else 6443)",
      number("use 1024 to 65535, e.g. 6443, or 0 for any that is free"),
    )
    .option(
      "--nodes <real|kwok|count>",
      "what runs the pods: one real node, or nodes that kwok simulates (default: real where this machine can, else kwok with 3)",
      (text) =>
        text === "real" || text === "kwok" ? text : number("use real, kwok, or 1 to 20, e.g. 3")(text),
    )
    .option("--kubeconfig <file>", "use this cluster instead; it is never stopped")
    .addOption(
      new Option("--source <source>", "where it comes from (default: the first one available)").choices([
        "kind",
        "k3d",
        "built",
      ]),
    )
    .option("--gitops", "run Argo CD and Argo Rollouts beside it")
    .option("--json", "print what runs as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  $ npx groundplan local cluster up\n  $ npx groundplan local cluster up --gitops\n  $ npx groundplan local cluster up --nodes kwok\n  $ npx groundplan local cluster up --kubeconfig ~/.kube/config",
    )
    .action(async ({ json, ...flags }: ClusterFlags) => {
      const running = await start(flags, json);
      if (json) sayJson(described(running));
      else sayCluster(running);
    });
  cluster
    .command("down")
    .summary("stop it; its data is kept")
    .option("--purge", "also delete its data")
    .addHelpText(
      "after",
      "\nExamples:\n  $ npx groundplan local cluster down\n  $ npx groundplan local cluster down --purge",
    )
    .action(async ({ purge = false }: { purge?: boolean }) => {
      const was = await asCli(clusterDown({ ...place(), purge }));
      say(was ? line`${paint.good("Ended")} the cluster.` : line`No cluster was running.`);
    });
  cluster
    .command("status")
    .summary("show what is running; exits with 1 when nothing is, or a part has stopped")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  $ npx groundplan local cluster status --json")
    .action(async ({ json }: { json?: boolean }) => {
      const running = await asCli(clusterStatus(place()));
      if (json) sayJson(described(running));
      else if (running) sayCluster(running);
      else say(line`No cluster is running. Start one: npx groundplan local cluster up`);
      if (!running?.components.every((component) => component.running)) process.exitCode = EXIT.FAILED;
    });
}

/** Starts the cluster with progress; the AWS emulator that runs is the one that it asks. */
async function start(flags: Omit<ClusterFlags, "json">, json: boolean | undefined): Promise<ClusterStatus> {
  let running: ClusterStatus | undefined;
  const emulator = await status(place());
  const options: ClusterOptions = {
    ...place(),
    ...flags,
    ...(emulator ? { awsEndpoint: emulator.endpoint } : {}),
    signal: interrupted,
  };
  const run = async (_: object, progress: (line: string) => void) => {
    running = await asCli(clusterUp({ ...options, onProgress: progress }));
    return running.endpoint;
  };
  await runSteps([{ title: "Kubernetes cluster", run, tells: true }], {}, json);
  if (!running) throw new CliError(EXIT.FAILED, "the cluster did not start");
  return running;
}

/** What runs, for programs. */
function described(status: ClusterStatus | undefined) {
  const { version: kubernetes, ...rest } = status ?? { version: undefined };
  const head = { format: "groundplan.local.cluster", version: 1 } as const;
  return { ...head, running: status !== undefined, ...rest, kubernetes };
}

/** What runs, for people. */
function sayCluster({ source, endpoint, version, kubeconfig, nodes, components }: ClusterStatus): void {
  const what = version === undefined ? "" : `, Kubernetes ${version}`;
  say(line`Cluster (${source}) at ${paint.strong(endpoint)}${what}`);
  if (nodes) say(nodesLine(nodes));
  for (const { name, pid, running } of components) {
    say(line`  ${running ? paint.good("up") : paint.bad("ended")}  ${name} (process ${pid})`);
  }
  say(line`  use it: export KUBECONFIG=${kubeconfig}`);
}

function nodesLine({ kind, count, obstacle, networkNamespace }: NodeStatus): Line {
  if (kind === "real") {
    const way = networkNamespace === undefined ? "" : `; its network: nsenter --net=${networkNamespace}`;
    return line`  nodes: one that runs containers${way}`;
  }
  const why = obstacle === undefined ? "" : `. No real one: ${obstacle}`;
  return line`  nodes: ${String(count)} that kwok simulates${why}`;
}
