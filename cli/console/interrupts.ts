import type { ChildProcess } from "node:child_process";

const controller = new AbortController();
const children = new Set<ChildProcess>();
const endings: (() => Promise<void>)[] = [];

/** Fires at the first Ctrl-C (or SIGTERM). */
export const interrupted: AbortSignal = controller.signal;

/** What has to be undone when this run is interrupted; the last one first. */
export function onInterrupt(ending: () => Promise<void>): void {
  endings.push(ending);
}

/** Undoes what {@link onInterrupt} was given. */
export async function runEndings(): Promise<void> {
  for (const ending of endings.splice(0).reverse()) await ending();
}

/**
 * Hands the first signal to a child, once, and ends it at the second.
 *
 * A child is to be a process group of its own: a terminal sends Ctrl-C to the whole group, and Terraform
 * takes a second one for a wish to stop without saving.
 */
export function hear(child: ChildProcess): void {
  children.add(child);
  child.once("exit", () => children.delete(child));
  if (interrupted.aborted) child.kill("SIGINT");
}

/** Starts to listen for signals. */
export function listen(): void {
  const onSignal = () => {
    if (!interrupted.aborted) {
      process.stderr.write("\nstopping; a second Ctrl-C stops at once\n");
      controller.abort();
      for (const child of children) child.kill("SIGINT");
      return;
    }
    for (const child of children) killGroup(child);
    process.exit(130);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
