import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { run } from "../process/run";
import type { Rollout, RolloutPatches } from "./canary-rollout";

/** A Rollout of a cluster, reached by kubectl: it brings the user's own way into the cluster. */
export interface RolloutAddress {
  readonly namespace: string;
  readonly name: string;

  /** @default - kubectl's own */
  readonly kubeconfig?: string | undefined;

  /** @default - the kubeconfig's current one */
  readonly context?: string | undefined;
}

/** @throws CliError when it is not there, or the cluster cannot be reached. */
export async function readRollout(address: RolloutAddress): Promise<Rollout> {
  return JSON.parse(await kubectl(address, ["get", rolloutOf(address), "--output=json"]));
}

/** Changes a Rollout: its annotations first, so that nothing happens that is not recorded. */
export async function patchRollout(address: RolloutAddress, patches: RolloutPatches): Promise<void> {
  const { annotations, spec, status } = patches;
  const patch = (value: object, ...flags: readonly string[]) =>
    kubectl(address, [
      "patch",
      rolloutOf(address),
      "--type=merge",
      `--patch=${JSON.stringify(value)}`,
      ...flags,
    ]);
  if (annotations) await patch({ metadata: { annotations } });
  if (status) await patch({ status }, "--subresource=status");
  if (spec) await patch({ spec });
}

function rolloutOf({ name }: RolloutAddress): string {
  return `rollouts.argoproj.io/${name}`;
}

async function kubectl(
  { namespace, kubeconfig, context }: RolloutAddress,
  args: readonly string[],
): Promise<string> {
  const where = [
    `--namespace=${namespace}`,
    ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
    ...(context === undefined ? [] : [`--context=${context}`]),
  ];
  const { exitCode, stdout, all } = await run("kubectl", [...where, ...args], { cwd: process.cwd() }).catch(
    (error: unknown) => {
      if ((error as { code?: string }).code !== "ENOENT") throw error;
      throw new CliError(
        EXIT.MISSING,
        "kubectl is not on PATH",
        "install it: https://kubernetes.io/docs/tasks/tools",
      );
    },
  );
  if (exitCode === 0) return stdout;
  throw new CliError(EXIT.FAILED, `kubectl ${args[0]} ${args[1]} failed`, ...all.trim().split("\n"));
}
