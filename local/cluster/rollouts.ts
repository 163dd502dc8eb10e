import { existsSync, readFileSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { LocalError } from "../options";
import { isRunning } from "../process/process-file";
import type { KubernetesApi } from "./api";
import { applyDefinitions } from "./definitions";
import type { Components, Program } from "./processes";
import { toolPath } from "./tools";

const NAME = "rollouts-controller";

/** Milliseconds within which it must have read what the cluster holds; about three seconds on two idle cores. */
const START_LIMIT = 300_000;

/** What it logs once it has read that and begins to work. */
const STARTED = "Started controller";

/**
 * Runs the controller of Argo Rollouts beside the control plane, on this machine: its pod would be played by kwok.
 *
 * A canary that its end has interrupted goes on: all that it knows is in the objects of the cluster.
 *
 * @param kubeconfig - path of the one that it uses.
 * @param placed - the program, as it is started where Services answer.
 */
export async function startRollouts(
  kubeconfig: string,
  api: KubernetesApi,
  components: Components,
  placed: (program: Program) => Program,
  signal: AbortSignal | undefined,
): Promise<void> {
  await applyDefinitions(api, "rollouts-crds.yaml");
  const log = components.logOf(NAME);
  const before = sizeOf(log);
  const program = {
    name: NAME,
    file: toolPath("rollouts-controller"),
    args: [
      `--kubeconfig=${kubeconfig}`,
      "--leader-elect=false",
      // It would serve both on all addresses of the machine, open to everybody. A port that is none is refused, and logged.
      "--metricsPort=-1",
      "--healthzPort=-1",
    ],
  };
  const controller = await components.start(placed(program));
  const begun = Date.now();
  // A log that grew too large was set aside.
  while (
    !readFileSync(log)
      .subarray(sizeOf(log) < before ? 0 : before)
      .includes(STARTED)
  ) {
    signal?.throwIfAborted();
    if (!isRunning(controller) || Date.now() - begun > START_LIMIT) {
      throw new LocalError("failed", `Argo Rollouts did not become ready\n  see ${log}`);
    }
    await sleep(100);
  }
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}
