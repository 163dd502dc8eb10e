import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addComment } from "../../../cli/commands/comment";
import type { PlanJson } from "../../../cli/plan/plan-json";
import { reportOf } from "../../../cli/report/report";
import { GitHub } from "../../github/server";
import { temporaryFolder } from "../../temporary-folder";
import { inProcess } from "../in-process";
import { planned, resource, runOf } from "../report/runs";

// What others have planned, with no name masked, is written by a comment with the names of this project's settings.

const HEAD = "a".repeat(40);
const SECRETS = ["Loud-Heron-77", "Swift Swan Nine", "Busy Badger 3", "Calm Crane 4"];
const PLAN = {
  resource_changes: [
    resource(
      "aws_db_instance.a",
      ["update"],
      { admin_password: "Busy Badger 3", url: "pg://Busy Badger 3@db" },
      {
        admin_password: "Loud-Heron-77",
        url: "pg://Loud-Heron-77@db",
        engine: "postgres",
      },
    ),
    resource(
      "aws_ecs_task_definition.a",
      ["update"],
      { container: JSON.stringify({ environment: [{ name: "other" }] }) },
      { container: JSON.stringify({ environment: [{ name: "api_token", value: "Calm Crane 4" }] }) },
    ),
  ],
  output_changes: {
    api_token: { actions: ["create"], before: null, after: "Swift Swan Nine" },
  },
} as unknown as PlanJson;

let github: GitHub;
let folder: string;
beforeEach(async () => {
  github = await GitHub.start();
  folder = temporaryFolder("comment-masked");
  github.repository.pull(7, HEAD);
});
afterEach(async () => {
  await github.stop();
  rmSync(folder, { recursive: true });
  expect(github.violations).toEqual([]);
});

/** A result whose third stack has failed with a secret in its error. */
function run() {
  const message = 'no login\n  admin_password = "Loud-Heron-77"\n  at pg://Loud-Heron-77@db';
  return runOf(
    [
      planned("dev-api", { status: "changed" }),
      planned("dev-db", { status: "failed", files: {}, error: { phase: "plan", message, addresses: [] } }),
    ],
    { app: ".", commit: HEAD },
  );
}

/** The variables of a job. */
function job(name: string, event: object): Record<string, string> {
  const file = join(folder, "event.json");
  writeFileSync(file, JSON.stringify(event));
  return {
    ...github.environment(),
    GITHUB_EVENT_NAME: name,
    GITHUB_EVENT_PATH: file,
    GITHUB_RUN_ID: "9001",
    GITHUB_RUN_NUMBER: "1",
    GITHUB_RUN_ATTEMPT: "1",
  };
}

/** What a comment says of a result of others. */
async function ofResult(...args: readonly string[]): Promise<string> {
  const stack = join(folder, "plan", "stacks", "dev-api");
  mkdirSync(stack, { recursive: true });
  writeFileSync(join(folder, "plan", "summary.json"), JSON.stringify(run()));
  writeFileSync(join(stack, "plan.json"), JSON.stringify(PLAN));
  const event = {
    pull_request: { number: 7, head: { sha: HEAD, repo: { full_name: "octo-org/platform" } } },
  };
  const { code, stderr } = await inProcess(
    addComment,
    ["comment", join(folder, "plan"), ...args],
    job("pull_request", event),
  );
  expect([code, stderr]).toEqual([0, ""]);
  return github.repository.comments.at(-1)?.body ?? "";
}

/** What a comment says of the report of a fork. */
async function ofFork(...args: readonly string[]): Promise<string> {
  const report = { ...reportOf(run(), (name) => (name === "dev-api" ? PLAN : undefined)), pull: 7 };
  const file = join(folder, "report.json");
  writeFileSync(file, JSON.stringify(report));
  const head = { sha: HEAD, repo: { full_name: "octo-org/platform" } };
  const event = {
    workflow_run: { head_sha: HEAD, head_repository: head.repo, run_number: 1, run_attempt: 1, id: 9001 },
  };
  const { code, stderr } = await inProcess(
    addComment,
    ["comment", "--fork-report", file, ...args],
    job("workflow_run", event),
  );
  expect([code, stderr]).toEqual([0, ""]);
  return github.repository.comments.at(-1)?.body ?? "";
}

describe.each([
  ["a result", ofResult],
  ["a fork's report", ofFork],
])("a comment of %s", (_, bodyOf) => {
  test("masks the names of the project's settings, as values, in texts and in errors", async () => {
    writeFileSync(
      join(folder, "cdktf.json"),
      JSON.stringify({ app: "a", groundplan: { mask: ["*_password", "*_TOKEN"] } }),
    );
    const inside = jest.spyOn(process, "cwd").mockReturnValue(folder);
    const body = await bodyOf();
    inside.mockRestore();

    for (const secret of SECRETS) expect(body).not.toContain(secret);
    expect(body).toContain("(sensitive value)");
    expect(body).toContain("postgres");
  });

  test("masks the names of --mask", async () => {
    const body = await bodyOf("--mask", "*_password", "--mask", "api_token");

    for (const secret of SECRETS) expect(body).not.toContain(secret);
  });

  test("planted fault: without a name it shows them", async () => {
    const body = await bodyOf();

    for (const secret of SECRETS) expect(body).toContain(secret);
  });
});
