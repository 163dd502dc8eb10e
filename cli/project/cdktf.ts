import type { ChildProcess } from "node:child_process";
import type { Stop } from "../process/interrupts";
import { descendantsOf } from "../process/processes";
import { type Ended, type RunProps, run } from "../process/run";

/** Milliseconds between two looks for a Terraform that cdktf has started. */
const LOOK = 250;

/**
 * Runs cdktf. At Ctrl-C its Terraform is stopped, and cdktf then ends by itself: told of it, cdktf would
 * leave at once, end Terraform with it, and leave a lock and half a state behind.
 *
 * @param script - cdktf's own script.
 */
export function runCdktf(script: string, args: readonly string[], props: RunProps): Promise<Ended> {
  return run(process.execPath, [script, ...args], { ...props, stop: stopTerraform });
}

/** Interrupts every Terraform below a process, each once, until that process has ended. */
const stopTerraform: Stop = (child: ChildProcess) => {
  const stopped = new Set<number>();
  const look = () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
      clearInterval(timer);
      return;
    }
    const running = descendantsOf(child.pid).filter(({ program }) => /^(?:terraform|tofu)$/.test(program));
    for (const { pid } of running) {
      if (stopped.has(pid)) continue;
      stopped.add(pid);
      process.kill(pid, "SIGINT");
    }
    // Nothing to save: it synthesizes, or is between two stacks.
    if (running.length === 0) child.kill("SIGINT");
  };
  const timer = setInterval(look, LOOK);
  look();
};
