import { existsSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { run } from "../terraform/run";
import type { Project } from "./project";

/** The project's own cdktf, as a script for Node. */
export function cdktfScript({ root }: Project): string {
  try {
    return require.resolve("cdktf-cli/bundle/bin/cdktf.js", { paths: [root] });
  } catch {
    throw new CliError(
      EXIT.MISSING,
      "cdktf-cli is not installed",
      `at ${root}`,
      "install it: npm install --save-dev cdktf-cli@0.21.0",
    );
  }
}

/** Synthesizes the project by its `app`, as cdktf does. @throws CliError with what the app printed. */
export async function synthesize(
  project: Project,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const ended = await run(process.execPath, [cdktfScript(project), "synth"], { cwd: project.root, env });
  if (ended.exitCode !== 0) {
    throw new CliError(EXIT.FAILED, `the synth failed:\n${ended.all.trim()}`, `run it alone: ${project.app}`);
  }
}

/** Synthesizes when nothing is synthesized yet. */
export async function synthesizeIfMissing(
  project: Project,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  if (!existsSync(join(project.output, "manifest.json"))) await synthesize(project, env);
}
