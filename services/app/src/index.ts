import { logOf } from "./log";
import { selfTest } from "./self-test";
import { AppServer } from "./server";
import { readSettings, type Settings } from "./settings";

async function main(args: readonly string[]): Promise<void> {
  let settings: Settings;
  try {
    settings = readSettings(process.env);
  } catch (error) {
    logOf("error", {}).error((error as Error).message);
    process.exitCode = 1;
    return;
  }
  const { environment, version, level } = settings;
  const log = logOf(level, { environment, version });
  if (args.includes("--self-test")) return selfTest(settings, log);
  const server = new AppServer(settings, log);
  let isStopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (isStopping) return;
      isStopping = true;
      // Nothing is left to do, though Prometheus' collectors may still have handles.
      void server.stop().then(() => process.exit(0));
    });
  }
  await server.start();
}

void main(process.argv.slice(2)).catch((error: unknown) => {
  logOf("error", {}).error("the service ended", {
    error: error instanceof Error ? error.stack : String(error),
  });
  process.exit(1);
});
