import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CliError, Interrupted } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { stopGroup } from "../console/interrupts";
import { plain, run } from "../terraform/run";
import { type Project, readConfig, readStacks, type Stack } from "./project";

/** Megabytes that cdktf lets Node have for a synth. */
const HEAP = 4096;

/**
 * Synthesizes a project by running its `app` in the environment that `cdktf synth` gives it.
 *
 * cdktf itself would add seconds to a synth of less than one, and need not be installed. An error annotation
 * of a construct fails the synth here too: the app throws it.
 *
 * @returns the stacks.
 * @throws CliError with what the app printed; Interrupted at Ctrl-C, and then nothing is left to be read.
 */
export async function synthesizeApp(project: Project): Promise<readonly Stack[]> {
  const { root, output, app } = project;
  mkdirSync(output, { recursive: true });
  rmSync(join(output, "manifest.json"), { force: true });
  const ended = await run("/bin/sh", ["-c", app], {
    cwd: root,
    env: appEnvironment(project),
    stop: stopGroup,
  }).catch((error: unknown) => {
    throw error instanceof Interrupted ? Interrupted.saying("interrupted while synthesizing") : error;
  });
  if (ended.exitCode !== 0) throw failed(project, ended.all);
  if (!existsSync(join(output, "manifest.json"))) {
    throw new CliError(
      EXIT.FAILED,
      "the app synthesized nothing",
      `at ${root} (${app})`,
      "call app.synth(), and let the app write where CDKTF_OUTDIR says",
    );
  }
  const stacks = readStacks(project);
  removeOrphans(project, stacks);
  return stacks;
}

function appEnvironment({ root, output }: Project): Record<string, string | undefined> {
  // Terraform's variables are for Terraform, as with cdktf.
  const variables = Object.keys(process.env).filter((name) => name.startsWith("TF_VAR_"));
  const context = JSON.parse(process.env.CDKTF_CONTEXT_JSON ?? "{}") as object;
  return {
    ...Object.fromEntries(variables.map((name) => [name, undefined])),
    NODE_OPTIONS: process.env.NODE_OPTIONS ?? `--max-old-space-size=${HEAP}`,
    CDKTF_OUTDIR: output,
    CDKTF_CONTEXT_JSON: JSON.stringify({ ...context, cdktfRelativeModules: relativeModules(root) }),
    SYNTH_HCL_OUTPUT: "false",
  };
}

/** The modules of `cdktf.json` that are folders of the repository. */
function relativeModules(root: string): readonly unknown[] {
  const { terraformModules } = readConfig(root);
  if (!Array.isArray(terraformModules)) return [];
  return terraformModules.filter((module: unknown) => localSource(module) !== undefined);
}

/** Folder of a module of `cdktf.json` that lies in the repository, relative to the project; undefined for any other. */
export function localSource(module: unknown): string | undefined {
  const source = typeof module === "string" ? module : (module as { source?: unknown } | null)?.source;
  return typeof source === "string" && /^\.{1,2}\//.test(source) ? source : undefined;
}

/** Takes away the folders of stacks that are no more, as cdktf does. */
function removeOrphans({ output }: Project, stacks: readonly Stack[]): void {
  const folder = join(output, "stacks");
  if (!existsSync(folder)) return;
  const known = new Set(stacks.map((stack) => stack.folder));
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !known.has(path)) rmSync(path, { recursive: true, force: true });
  }
}

function failed({ root, app }: Project, output: string): CliError {
  const lines = plain(output)
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => /\S/.test(line));
  return new CliError(EXIT.FAILED, "the synth failed", `at ${root} (${app})`, ...lines.slice(0, 40));
}
