import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { CliError, Interrupted } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { pluralize } from "../console/words";
import { stopGroup } from "../process/interrupts";
import { withPidFile } from "../process/note";
import { makeOwnFolder } from "../process/own-folder";
import { ownSecrets } from "../process/own-secrets";
import { plain, run } from "../process/run";
import { Turn } from "../process/turn";
import { writeWholeFile } from "../process/whole-file";
import { WorkFolder } from "../process/work-folder";
import { readConfig } from "./config";
import { installOutput } from "./output";
import { type Project, readStacks, type Stack } from "./project";

/** What `cdktf synth --hcl` leaves beside the JSON: Terraform would read both, and refuse the second of each block. */
const HCL = "cdk.tf";

/** Megabytes that cdktf lets Node have for a synth. */
const HEAP = 4096;

/** How an app runs. */
export interface AppRun {
  /** Folder of the project that keeps what a failed app printed. @default - the project's own */
  readonly keeper?: string;

  /** Variables of the app, beside this process's; one that is undefined is taken away. @default - none */
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

/**
 * Synthesizes a project by running its `app` in the environment that `cdktf synth` gives it.
 *
 * cdktf itself would add seconds to a synth of less than one, and need not be installed. An error annotation
 * of a construct fails the synth here too: the app throws it.
 *
 * It writes into a folder of its own, and what is whole is then put into the output, file by file: so whoever reads the
 * stacks meanwhile, Terraform included, reads what was there before or what is there now. One run at a time
 * synthesizes in a checkout.
 *
 * @returns the stacks.
 * @throws CliError with what the app printed; Interrupted at Ctrl-C, and then nothing is left to be read.
 */
export async function synthesizeApp(
  project: Project,
  { keeper = project.root, variables = {} }: AppRun = {},
): Promise<readonly Stack[]> {
  return Turn.during(project.root, "synth", "synthesizes here", () =>
    WorkFolder.during(project, async (work) => {
      const folder = `${synthFolders(project)}${randomUUID()}`;
      mkdirSync(dirname(folder), { recursive: true });
      work.makeOutside(folder);
      // Beside the output, so that a path that leads out of it leads to the same file; and no change for git to see.
      writeFileSync(join(folder, ".gitignore"), "*\n");
      const output = await runApp(project, folder, { work, keeper, variables }).catch((error: unknown) => {
        rmSync(join(project.output, "manifest.json"), { force: true });
        throw error;
      });
      if (output === folder) installOutput(folder, project.output);
      const stacks = readStacks(project);
      removeOrphans(project, stacks);
      for (const { folder: of } of stacks) rmSync(join(of, HCL), { force: true });
      return stacks;
    }),
  );
}

/** How the paths of the folders begin into which a synth writes, beside the output. */
export function synthFolders({ output }: Pick<Project, "output">): string {
  return join(dirname(output), `.${basename(output)}-`);
}

/** Runs the app; gives the folder into which it wrote, which is the output itself when the app names that. */
async function runApp(
  project: Project,
  folder: string,
  { work, keeper, variables }: Required<AppRun> & { readonly work: WorkFolder },
): Promise<string> {
  const { root, output, app } = project;
  const before = timeOf(output);
  // An app that outlives this process goes on writing: its folder is not removed before it has ended.
  const ended = await run(...withPidFile(work.noteOf("app"), "/bin/sh", ["-c", app]), {
    cwd: root,
    env: { ...appEnvironment(project, folder), ...variables },
    stop: stopGroup,
  }).catch((error: unknown) => {
    throw error instanceof Interrupted ? Interrupted.saying("interrupted while synthesizing") : error;
  });
  if (ended.exitCode !== 0) throw failed(project, ended.all, keeper);
  if (existsSync(join(folder, "manifest.json"))) return folder;
  const after = timeOf(output);
  if (after !== undefined && after !== before) return output;
  throw new CliError(
    EXIT.FAILED,
    "the app synthesized nothing",
    `at ${root} (${app})`,
    "call app.synth(), and let the app write where CDKTF_OUTDIR says",
  );
}

/** When an output was synthesized last. */
function timeOf(output: string): number | undefined {
  return statSync(join(output, "manifest.json"), { throwIfNoEntry: false })?.mtimeMs;
}

function appEnvironment({ root }: Project, folder: string): Record<string, string | undefined> {
  // Terraform's variables are for Terraform, as with cdktf.
  const variables = Object.keys(process.env).filter((name) => name.startsWith("TF_VAR_"));
  const context = JSON.parse(process.env.CDKTF_CONTEXT_JSON ?? "{}") as object;
  return {
    ...Object.fromEntries(variables.map((name) => [name, undefined])),
    NODE_OPTIONS: process.env.NODE_OPTIONS ?? `--max-old-space-size=${HEAP}`,
    CDKTF_OUTDIR: folder,
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

/** Lines of a failed synth that are shown: the error is among the last. */
const MOST_LINES = 20;

/** All that the app printed is kept beside the results, without the credentials of this process. */
function failed({ root, app }: Project, output: string, keeper: string): CliError {
  const text = ownSecrets().scrub(plain(output));
  const lines = text
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => /\S/.test(line));
  const before = lines.length - MOST_LINES;
  const kept = join(makeOwnFolder(keeper), root === keeper ? "synth.log" : "synth-base.log");
  writeWholeFile(kept, `${text.trimEnd()}\n`);
  const cut = before > 0 ? [`… ${pluralize(before, "line", "lines")} before`] : [];
  return new CliError(
    EXIT.FAILED,
    "the synth failed",
    `at ${root} (${app})`,
    `whole output: ${relative(keeper, kept)}`,
    ...cut,
    ...lines.slice(-MOST_LINES),
  );
}
