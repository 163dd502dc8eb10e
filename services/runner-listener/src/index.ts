import { hostname } from "node:os";
import { fleetContext } from "../../runner-core/src/fleet-context";
import { listen, listenersOf } from "../../runner-core/src/listen";

/** Listens to GitHub's scale sets until it is told to end: what it was told is handled first, and its sessions end. */
async function main(): Promise<void> {
  const ending = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => ending.abort());
  const context = fleetContext(process.env);
  const listeners = listenersOf(context, hostname());
  context.log({ message: `listening to ${listeners.length} scale sets` });
  await listen(listeners, context, ending.signal);
}

// The build of the image asks whether it can start at all.
if (!process.argv.includes("--self-test"))
  void main().then(
    // Connections that are kept for later would hold the process.
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${(error as Error).message}\n`);
      process.exit(1);
    },
  );
