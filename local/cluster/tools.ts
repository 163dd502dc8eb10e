import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { privately, privatePlace, writeWhole } from "../files/private";
import { cacheDirectory } from "../install";
import { LocalError } from "../options";
import { markOf } from "../process/process-file";
import { WORKSPACE } from "../workspace";
import { ACTIONS, type AssetName, PROGRAMS, type Recipe, type ToolName } from "./programs";

/** The Go modules that name the versions of all tools: `local/tools/go.mod`, and others beside it. They are packed too. */
const MODULE = join(WORKSPACE, "tools");

/** What is built is what go.sum names: a module that is not in it, or not as it says, ends the build, whatever the user has set. */
export const GO_ENVIRONMENT = {
  CGO_ENABLED: "0",
  GOFLAGS: "-buildvcs=false -mod=readonly",
  GOWORK: "off",
} as const;

/** What decides the tools of a folder in the cache: a change of any of these files builds them anew. */
const SOURCES = {
  tools: [
    "go.mod",
    "go.sum",
    join("argocd", "main.go"),
    join("argocd", "controller.go"),
    join("argocd", "repository.go"),
    join("redis", "main.go"),
    join("pause", "main.go"),
    ...["cgroup", "credentials", "forward", "image", "init", "main", "names", "ports", "run", "services"].map(
      (name) => join("node", `${name}.go`),
    ),
    join("kwok", "go.mod"),
    join("kwok", "go.sum"),
  ],
  actions: [join("actions", "go.mod"), join("actions", "go.sum")],
} as const;

/** The programs whose custom resource definitions come with them, and the Go module that has those. */
const DEFINITIONS: Partial<Record<ToolName, { readonly asset: AssetName; readonly module: string }>> = {
  argocd: { asset: "argocd-crds.yaml", module: "github.com/argoproj/argo-cd/v3" },
  "rollouts-controller": { asset: "rollouts-crds.yaml", module: "github.com/argoproj/argo-rollouts" },
};

export interface BuildOptions {
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Path of a program in the cache; it is there after {@link buildTools}. */
export function toolPath(name: ToolName | AssetName): string {
  return join(toolsDirectory(ACTIONS.some((one) => one === name) ? "actions" : "tools"), name);
}

/** Folder of the built programs, keyed by what decides them. */
export function toolsDirectory(of: keyof typeof SOURCES = "tools"): string {
  const hash = createHash("sha256").update(process.platform).update(process.arch);
  hash.update(JSON.stringify(PROGRAMS));
  for (const source of SOURCES[of]) hash.update(readFileSync(join(MODULE, source)));
  return join(cacheDirectory(), `${of}-${hash.digest("hex").slice(0, 16)}`);
}

/** Version of Kubernetes that the control plane is built from, e.g. `1.34.4`. */
export function kubernetesVersion(): string {
  const found = /^\s*k8s\.io\/kubernetes v(\S+)/m.exec(readFileSync(join(MODULE, "go.mod"), "utf8"))?.[1];
  if (!found) throw new LocalError("failed", `no k8s.io/kubernetes in ${join(MODULE, "go.mod")}`);
  return found;
}

/**
 * Builds the programs that the cache has not, one after another; each is put there when it is whole.
 *
 * The first time takes about ten minutes on two cores. Go keeps what it compiled, so a new version of one
 * program costs that program alone.
 *
 * @returns what was built just now.
 * @throws LocalError without Go, or when a program cannot be built.
 */
export async function buildTools(
  names: readonly ToolName[],
  options: BuildOptions = {},
): Promise<readonly ToolName[]> {
  const missing = names.filter((name) => !existsSync(toolPath(name)) || !assetsOf(name).every(isThere));
  if (missing.length === 0) return [];
  for (const folder of new Set(missing.map((name) => dirname(toolPath(name))))) {
    privatePlace(folder);
    clearAbandoned(folder);
  }
  for (const [index, name] of missing.entries()) {
    const count = missing.length > 1 ? ` (${index + 1} of ${missing.length})` : "";
    options.onProgress?.(`building ${name}${count}`);
    await build(name, options.signal);
  }
  return missing;
}

async function build(name: ToolName, signal: AbortSignal | undefined): Promise<void> {
  const { package: path, module = ".", variables = [] }: Recipe = PROGRAMS[name];
  const building = `${toolPath(name)}.${process.pid}`;
  const flags = ["-s", "-w", ...variables.map((variable) => `-X ${versioned(variable)}`)];
  try {
    await go(
      ["build", "-trimpath", "-ldflags", flags.join(" "), "-o", building, path],
      join(MODULE, module),
      signal,
    );
    if (name === "kwok") await writeStages(signal);
    const definitions = DEFINITIONS[name];
    if (definitions) await writeDefinitions(definitions, signal);
    renameSync(building, toolPath(name));
  } finally {
    rmSync(building, { force: true });
  }
}

/** A variable of the linker with Kubernetes' version in it. */
function versioned(variable: string): string {
  const version = kubernetesVersion();
  const [major = "", minor = ""] = version.split(".");
  return variable.replace("%v", version).replace("%major", major).replace("%minor", minor);
}

async function go(args: string[], module: string, signal: AbortSignal | undefined): Promise<string> {
  const cancel = signal ? { cancelSignal: signal } : {};
  const options = { cwd: module, env: GO_ENVIRONMENT, reject: false, ...cancel } as const;
  const result = await privately(() => execa("go", args, options));
  if (result.exitCode === 0) return result.stdout;
  signal?.throwIfAborted();
  if (result.code === "ENOENT") {
    throw new LocalError(
      "missing",
      "Go is not on PATH: the control plane is built from its sources\n  install Go 1.26 or newer from https://go.dev/dl, or give a cluster: groundplan local cluster up --kubeconfig <file>",
    );
  }
  const reason = (result.stderr || result.shortMessage || "").trim().split("\n").slice(-8).join("\n    ");
  throw new LocalError("failed", `go ${args[0]} ${args.at(-1)} failed\n    ${reason}`);
}

/** kwok's own stages, by which nodes become ready and pods run at once. */
async function writeStages(signal: AbortSignal | undefined): Promise<void> {
  const folder = await sourceOf("sigs.k8s.io/kwok", join(MODULE, "kwok"), signal);
  const cancel = signal ? { cancelSignal: signal } : {};
  const stages: string[] = [];
  for (const stage of [
    ["node", "fast"],
    ["node", "heartbeat-with-lease"],
    ["pod", "fast"],
  ]) {
    const path = join(folder, "kustomize", "stage", ...stage);
    const { stdout } = await privately(() => execa(toolPath("kustomize"), ["build", path], cancel));
    stages.push(stdout);
  }
  writeWhole(toolPath("kwok-stages.yaml"), stages.join("\n---\n"));
}

async function writeDefinitions(
  { asset, module }: { readonly asset: AssetName; readonly module: string },
  signal: AbortSignal | undefined,
): Promise<void> {
  const folder = join(await sourceOf(module, MODULE, signal), "manifests", "crds");
  const names = readdirSync(folder).filter((name) => name.endsWith("-crd.yaml"));
  const documents = names.sort().map((name) => readFileSync(join(folder, name), "utf8"));
  writeWhole(toolPath(asset), documents.join("\n---\n"));
}

async function sourceOf(path: string, module: string, signal: AbortSignal | undefined): Promise<string> {
  return (await go(["list", "-m", "-f", "{{.Dir}}", path], module, signal)).trim();
}

function assetsOf(name: ToolName): readonly AssetName[] {
  if (name === "kwok") return ["kwok-stages.yaml"];
  const definitions = DEFINITIONS[name];
  return definitions ? [definitions.asset] : [];
}

function isThere(name: AssetName): boolean {
  return existsSync(toolPath(name));
}

/** Removes what builds that were killed have left: its name ends with the id of their process. */
function clearAbandoned(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = Number(/\.(\d+)$/.exec(name)?.[1]);
    if (Number.isInteger(pid) && markOf(pid) === undefined) {
      rmSync(join(folder, name), { force: true });
    }
  }
}
