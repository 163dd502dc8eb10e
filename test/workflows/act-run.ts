import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { toolPath } from "@groundplan/local";
import { files, ROOT } from "./judged";

/** What a workflow came to. */
export interface WorkflowRun {
  readonly code: number | null;
  readonly output: string;

  /** Result of each job that ran. */
  readonly jobs: Readonly<Record<string, "success" | "failure">>;
}

/** On this machine, with every step and nothing kept. */
const ALWAYS = [
  ...["--platform", "ubuntu-24.04=-self-hosted"],
  ...["--no-skip-checkout", "--no-cache-server", "--json"],
];

/** Variables of every job: credentials are what it gets by its role, and nothing else is asked. */
export const JOB = {
  AWS_ACCESS_KEY_ID: "",
  AWS_SECRET_ACCESS_KEY: "",
  AWS_EC2_METADATA_DISABLED: "true",
  CHECKPOINT_DISABLE: "1",
  STAND_IN_TOKEN: "header.eyJzdWIiOiJyZXBvIn0.signature",
} as const;

/** Runs act with a home of its own, in which it has the jobs' folders too. */
export async function runAct(args: readonly string[], home: string): Promise<WorkflowRun> {
  const child = spawn(toolPath("act"), [...args, ...ALWAYS, ...replacements()], {
    env: { PATH: process.env.PATH, HOME: home, XDG_CACHE_HOME: join(home, "cache") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { code, output } = await ended(child);
  return { code, output: printed(output), jobs: jobsOf(output) };
}

/** Arguments of act that set names to values. */
export function pairs(option: string, all: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(all).flatMap(([name, value]) => [option, `${name}=${value}`]);
}

/** Throws what a run printed when it has not ended well. */
export function succeeded(run: WorkflowRun): WorkflowRun {
  if (run.code !== 0) throw new Error(run.output.slice(-8000));
  return run;
}

/** `--local-repository` for every action of others that the workflows use. */
function replacements(): readonly string[] {
  const { workflows, actions } = files();
  const texts = [...workflows, ...actions].map((path) => readFileSync(join(ROOT, path), "utf8"));
  const used = new Set(
    texts.flatMap((text) => [...text.matchAll(/uses: (\S+@[0-9a-f]{40})/g)].map(([, one]) => one)),
  );
  // An action may lie in a folder of its repository, and that is what is replaced.
  const repositories = new Set([...used].map((action = "") => action.replace(/^([^/]+\/[^/@]+)[^@]*/, "$1")));
  return [...repositories].flatMap((repository) => {
    const folder = join(__dirname, "actions", repository.replace(/^.*\/|@.*$/g, ""));
    return existsSync(folder) ? ["--local-repository", `${repository}=${folder}`] : [];
  });
}

/** Results of the jobs in act's lines of JSON. */
function jobsOf(output: string): WorkflowRun["jobs"] {
  const jobs: Record<string, "success" | "failure"> = {};
  for (const line of output.split("\n").filter((one) => one.startsWith("{"))) {
    const { jobID, jobResult } = JSON.parse(line) as { jobID?: string; jobResult?: "success" | "failure" };
    if (jobID !== undefined && jobResult !== undefined) jobs[jobID] = jobResult;
  }
  return jobs;
}

async function ended(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk) => {
      output += chunk;
    });
  }
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, output };
}

/** What the steps printed, without act's own words. */
function printed(output: string): string {
  const lines = output.split("\n").flatMap((line) => {
    if (!line.startsWith("{")) return [line];
    const { jobID, command, msg, raw_output: raw, stepResult } = JSON.parse(line);
    if (raw || command === "error" || command === "warning") return [`${jobID}: ${String(msg).trimEnd()}`];
    return stepResult === "failure" ? [`${jobID}: ${msg}`] : [];
  });
  return lines.join("\n");
}
