import { join } from "node:path";
import { buildSync } from "esbuild";

/** Where the chart has the script. */
export const CHART_SCRIPT = "charts/app/files/analyze.cjs";

const HEADER = "// Made by `npm run derive` from cli/delivery/job.ts: change it there.\n";

/**
 * What the Job of a canary's analysis runs: the command line's own judge, in one file that needs nothing but Node.
 *
 * @param commandLine - folder of the package `groundplan`, built.
 */
export function analysisScript(commandLine: string): string {
  const { outputFiles } = buildSync({
    absWorkingDir: commandLine,
    entryPoints: [join(commandLine, "dist", "delivery", "job.js")],
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    write: false,
    legalComments: "none",
    logLevel: "silent",
    // What stands around it in a checkout decides nothing.
    tsconfigRaw: {},
  });
  return HEADER + (outputFiles[0]?.text ?? "");
}
