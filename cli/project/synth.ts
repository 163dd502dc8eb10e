import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { runCdktf } from "../terraform/cdktf";
import { plain } from "../terraform/run";
import { isSynthesized, type Project } from "./project";

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

/**
 * Synthesizes the project by its `app`, as cdktf does.
 *
 * @throws CliError with what the app printed, without cdktf's own words around it.
 */
export async function synthesize(
  project: Project,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const ended = await runCdktf(cdktfScript(project), ["synth"], { cwd: project.root, env });
  if (ended.exitCode === 0) return;
  throw new CliError(
    EXIT.FAILED,
    "the synth failed",
    `at ${project.root}`,
    `(${project.app})`,
    ...said(ended.all),
  );
}

/** What the app printed, each line once. */
function said(output: string): readonly string[] {
  const lines = plain(output)
    .split("\n")
    .map((line) => line.replace(/^\[[^\]]*\] \[ERROR\] \S+ - /, "").trimEnd())
    .filter(
      (line) =>
        /[A-Za-z]/.test(line) &&
        !/Processing$|^(?:Error: )?(?:cdktf encountered|non-zero exit)|^Command output on std/.test(line),
    );
  return [...new Set(lines)];
}

/** Synthesizes when nothing is synthesized yet, or when the last synth was for HCL, which is not read back. */
export async function synthesizeIfMissing(
  project: Project,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  if (!isSynthesized(project)) await synthesize(project, env);
}
