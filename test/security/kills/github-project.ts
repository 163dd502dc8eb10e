import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PlanJson } from "../../../cli/plan/plan-json";
import { BIN } from "../../cli/groundplan";
import { planned, realPlan, runOf } from "../../cli/report/runs";
import { GitHub } from "../../github/server";
import { temporaryFolder } from "../../temporary-folder";
import type { Hold, MakeHold } from "./holds";
import { inClear, leftovers } from "./leftovers";
import { type KillPlace, listenTo, type Started } from "./run";

const HEAD = "a".repeat(40);

/** A project with the results of a plan, and GitHub, to which commands write what those mean. */
export class GitHubProject implements KillPlace {
  readonly path = temporaryFolder("kills-github");
  private readonly temporary = join(this.path, "tmp");

  private constructor(readonly github: GitHub) {
    for (const folder of ["tmp", "holds", ".groundplan"]) mkdirSync(join(this.path, folder));
    this.write("cdktf.json", { app: "node main.js" });
    const repository = { full_name: "octo-org/platform" };
    this.write("event.json", { pull_request: { number: 7, head: { sha: HEAD, repo: repository } } });
    github.repository.pull(7, HEAD);
  }

  static async start(): Promise<GitHubProject> {
    return new GitHubProject(await GitHub.start());
  }

  /** Writes what a plan of changes, or one that looked for drift, has found; nothing else differs any more otherwise. */
  found(what: "everything" | "refresh-only" | "nothing"): void {
    const json: PlanJson = what === "nothing" ? {} : realPlan(what);
    const folder = join(".groundplan", "plan");
    mkdirSync(join(this.path, folder, "stacks", "dev-api"), { recursive: true });
    this.write(join(folder, "summary.json"), runOf([planned("dev-api")], { commit: HEAD }));
    this.write(join(folder, "stacks", "dev-api", "plan.json"), json);
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
    const event = { GITHUB_EVENT_NAME: "pull_request", GITHUB_EVENT_PATH: join(this.path, "event.json") };
    const run = { GITHUB_RUN_ID: "9001", GITHUB_RUN_NUMBER: "1", GITHUB_RUN_ATTEMPT: "1" };
    const summary = { GITHUB_STEP_SUMMARY: join(this.path, "job.md") };
    const own = {
      ...this.github.environment(),
      ...event,
      ...run,
      ...summary,
      TMPDIR: this.temporary,
      CI: "1",
    };
    const options = { cwd: this.path, env: { ...process.env, ...own, ...env } } as const;
    return listenTo(
      spawn(process.execPath, [BIN, ...args], { ...options, stdio: ["ignore", "pipe", "pipe"] }),
    );
  }

  hold(make: MakeHold): Promise<Hold> {
    return make(join(this.path, "holds"), this.github.url);
  }

  leftovers(): Promise<readonly string[]> {
    return leftovers({ project: this.path, temporary: this.temporary, locks: async () => [] });
  }

  inClear(): readonly string[] {
    return inClear({ project: this.path });
  }

  async stop(): Promise<void> {
    await this.github.stop();
    rmSync(this.path, { recursive: true, force: true });
  }

  private write(path: string, content: unknown): void {
    writeFileSync(join(this.path, path), JSON.stringify(content));
  }
}
