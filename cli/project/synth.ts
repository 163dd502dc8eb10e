import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { synthesizeApp } from "./app";
import { engineOf, installCommand } from "./engine";
import { isSynthesized, type Project } from "./project";

/** The project's own cdktf or cdktn, else that of PATH, as a script for Node. */
export function cdktfScript(project: Project): string {
  const engine = engineOf(project);
  if (engine.cli) return engine.cli.script;
  throw new CliError(
    EXIT.MISSING,
    `${engine.name}-cli is not installed`,
    `at ${project.root}`,
    `install it: ${installCommand(project, engine)}`,
  );
}

/** Synthesizes when nothing is synthesized yet, or when the last synth was for HCL, which is not read back. */
export async function synthesizeIfMissing(project: Project): Promise<void> {
  if (!isSynthesized(project)) await synthesizeApp(project);
}
