import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { synthesizeApp } from "./app";
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

/** Synthesizes when nothing is synthesized yet, or when the last synth was for HCL, which is not read back. */
export async function synthesizeIfMissing(project: Project): Promise<void> {
  if (!isSynthesized(project)) await synthesizeApp(project);
}
