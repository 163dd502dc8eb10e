import { execa } from "execa";
import { privately, writeWhole } from "../files/private";
import { LocalError } from "../options";

/** A program that makes clusters in containers. */
export type Engine = "kind" | "k3d";

/** Name of the cluster that it makes. */
const NAME = "groundplan";

interface EngineOptions {
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** kind or k3d, whichever is on PATH, where Docker or Podman answers; else undefined. */
export async function engine(): Promise<Engine | undefined> {
  for (const [program, args] of [
    ["kind", ["version"]],
    ["k3d", ["version"]],
  ] as const) {
    if ((await answers(program, args)) && (await hasContainers(program))) return program;
  }
  return undefined;
}

/**
 * Makes a cluster and writes its kubeconfig to a file of its own, so the user's stays as it is.
 *
 * @throws LocalError with the program's last words when it fails.
 */
export async function createWithEngine(which: Engine, path: string, options: EngineOptions): Promise<void> {
  options.onProgress?.(`making a cluster with ${which}`);
  if (which === "kind") {
    await call(
      "kind",
      ["create", "cluster", "--name", NAME, "--kubeconfig", path, "--wait", "180s"],
      options,
    );
    return;
  }
  await call(
    "k3d",
    ["cluster", "create", NAME, "--kubeconfig-update-default=false", "--wait", "--timeout", "180s"],
    options,
  );
  writeWhole(path, await call("k3d", ["kubeconfig", "get", NAME], options));
}

/** Deletes the cluster that {@link createWithEngine} made; no harm when it is gone. */
export async function deleteWithEngine(which: Engine, options: EngineOptions): Promise<void> {
  options.onProgress?.(`deleting the cluster of ${which}`);
  if (which === "kind") await call("kind", ["delete", "cluster", "--name", NAME], options);
  else await call("k3d", ["cluster", "delete", NAME], options);
}

async function hasContainers(which: Engine): Promise<boolean> {
  if (await answers("docker", ["info"])) return true;
  return which === "kind" && (await answers("podman", ["info"]));
}

async function answers(program: string, args: readonly string[]): Promise<boolean> {
  const { exitCode } = await privately(() => execa(program, args, { reject: false, timeout: 10_000 }));
  return exitCode === 0;
}

async function call(program: Engine, args: string[], { signal }: EngineOptions): Promise<string> {
  const cancel = signal ? { cancelSignal: signal } : {};
  const result = await privately(() => execa(program, args, { reject: false, ...cancel }));
  if (result.exitCode === 0) return result.stdout;
  signal?.throwIfAborted();
  const reason = (result.stderr || result.shortMessage || "").trim().split("\n").slice(-6).join("\n    ");
  throw new LocalError("failed", `${program} ${args.slice(0, 2).join(" ")} failed\n    ${reason}`);
}
