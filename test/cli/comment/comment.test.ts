import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addComment } from "../../../cli/commands/comment";
import type { PlanJson } from "../../../cli/plan/plan-json";
import { reportOf } from "../../../cli/report/report";
import { GitHub } from "../../github/server";
import { temporaryFolder } from "../../temporary-folder";
import { inProcess } from "../in-process";
import { planned, realPlan, resource, runOf } from "../report/runs";

const OLD = "a".repeat(40);
const NEW = "b".repeat(40);

let github: GitHub;
let folder: string;
beforeEach(async () => {
  github = await GitHub.start();
  folder = temporaryFolder("comment");
});
afterEach(async () => {
  await github.stop();
  rmSync(folder, { recursive: true });
  expect(github.violations).toEqual([]);
});

/** Writes what `groundplan plan` would. */
function plan(json: PlanJson, app = "."): void {
  mkdirSync(join(folder, "plan", "stacks", "dev-api"), { recursive: true });
  const status = json.resource_changes ? "changed" : "unchanged";
  const run = runOf([planned("dev-api", { status })], { app, commit: OLD });
  writeFileSync(join(folder, "plan", "summary.json"), JSON.stringify(run));
  writeFileSync(join(folder, "plan", "stacks", "dev-api", "plan.json"), JSON.stringify(json));
}

/** The variables of a job on a pull request. */
function job(head: string, run = 1, attempt = 1): Record<string, string> {
  const file = join(folder, `event-${run}-${attempt}.json`);
  const event = {
    pull_request: { number: 7, head: { sha: head, repo: { full_name: "octo-org/platform" } } },
  };
  writeFileSync(file, JSON.stringify(event));
  return {
    ...github.environment(),
    GITHUB_EVENT_NAME: "pull_request",
    GITHUB_EVENT_PATH: file,
    GITHUB_RUN_ID: String(9000 + run),
    GITHUB_RUN_NUMBER: String(run),
    GITHUB_RUN_ATTEMPT: String(attempt),
  };
}

const comment = (env: Record<string, string>, ...args: string[]) =>
  inProcess(addComment, ["comment", join(folder, "plan"), ...args], env);

/** Pushes to the pull request. */
function push(head: string): void {
  const [pull] = github.repository.pulls;
  if (pull) pull.head = head;
}

const bodies = () => github.repository.comments.map(({ body }) => body.split("\n")[1]);

test("one comment, found over all pages, updated in place; nobody else's is touched", async () => {
  github.repository.pull(7, OLD);
  plan(realPlan("everything"));
  expect((await comment(job(OLD))).stdout).toMatch(/^The comment is created: https:/);
  const [ours] = github.repository.comments;
  const marker = ours?.body.split("\n")[0] ?? "";
  expect(marker).toBe(`<!-- groundplan subject=plan%3A. head=${OLD} run=1.1 -->`);
  // Somebody writes our marker, and so much that ours is on the third page.
  github.repository.comments.unshift(
    ...Array.from({ length: 230 }, (_, at) => github.repository.comment(7, `${at}`, "ada")).reverse(),
  );
  github.repository.comments.splice(231);
  github.repository.comments.unshift(github.repository.comment(7, `${marker}\nfalse`, "ada"));
  github.repository.comments.pop();
  const count = github.repository.comments.length;

  push(NEW);
  plan({ resource_changes: [resource("aws_eip.a", ["create"], null, { domain: "vpc" })] });
  const { code, stdout } = await comment(job(NEW, 2));

  expect([code, stdout]).toEqual([0, expect.stringMatching(/^The comment is updated: https:/)]);
  expect(github.repository.comments).toHaveLength(count);
  expect(ours).toMatchObject({
    edits: 1,
    body: expect.stringContaining(`head=${NEW} run=2.1 -->\n## 📝 Plan: 1 stack will change`),
  });
  expect(
    github.repository.comments.filter(({ author, edits }) => author.login === "ada" && edits > 0),
  ).toEqual([]);
});

test("below the project's folder its plan is written", async () => {
  github.repository.pull(7, OLD);
  plan(realPlan("everything"));
  mkdirSync(join(folder, ".groundplan"));
  renameSync(join(folder, "plan"), join(folder, ".groundplan", "plan"));
  writeFileSync(join(folder, "cdktf.json"), '{ "app": "node main.js" }');
  const below = jest.spyOn(process, "cwd").mockReturnValue(join(folder, "stacks", "deep"));
  try {
    expect((await inProcess(addComment, ["comment"], job(OLD))).stdout).toMatch(/^The comment is created/);
  } finally {
    below.mockRestore();
  }
});

test("a run of an older commit, or an older run of the same commit, never writes over a newer one's", async () => {
  github.repository.pull(7, NEW);
  plan(realPlan("everything"));
  await comment(job(NEW, 3));

  const older = await comment(job(OLD, 2));
  expect([older.code, older.stdout]).toEqual([
    0,
    `Not written: ${OLD.slice(0, 12)} is no longer the newest commit, ${NEW.slice(0, 12)} is\n`,
  ]);
  const slower = await comment(job(NEW, 2));
  expect(slower.stdout).toMatch(/^Not written: run 3 has written a newer one/);
  const again = await comment(job(NEW, 3, 2));
  expect(again.stdout).toMatch(/^The comment is updated/);
  expect(github.repository.comments.map(({ edits }) => edits)).toEqual([1]);
});

test("an app has a comment of its own", async () => {
  github.repository.pull(7, OLD);
  plan(realPlan("everything"), "apps/one");
  await comment(job(OLD));
  plan(realPlan("everything"), "apps/two");
  await comment(job(OLD));

  expect(bodies()).toEqual([expect.stringContaining("`apps/one`"), expect.stringContaining("`apps/two`")]);
});

test("no changes: nothing is said where nothing was; a comment from before says so, or is deleted", async () => {
  github.repository.pull(7, OLD);
  plan({});
  expect((await comment(job(OLD))).stdout).toBe("Nothing to write.\n");
  expect(github.repository.comments).toEqual([]);

  github.repository.comment(
    7,
    `<!-- groundplan subject=plan%3A. head=${NEW} run=1.1 -->\nold`,
    "github-actions[bot]",
  );
  expect((await comment(job(OLD, 2))).stdout).toMatch(/^The comment is updated/);
  expect(bodies()).toEqual(["## ✅ Plan: No changes"]);

  expect((await comment(job(OLD, 3), "--when-unchanged", "delete")).stdout).toBe("The comment is deleted\n");
  expect(github.repository.comments).toEqual([]);
});

test("the largest plan fits: GitHub takes it", async () => {
  github.repository.pull(7, OLD);
  const values = (tag: string) =>
    Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`a${at}`, `${tag}${"ü€😀`".repeat(60)}`]));
  plan({
    resource_changes: Array.from({ length: 300 }, (_, at) =>
      resource(`aws_x.y[${at}]`, ["update"], values("a"), values("b")),
    ),
  });

  expect((await comment(job(OLD))).stdout).toMatch(/^The comment is created/);
  expect(github.repository.comments[0]?.body.length).toBeGreaterThan(10_000);
});

test("a failure of GitHub and a rate limit are waited for; a lost answer makes no second comment", async () => {
  github.repository.pull(7, OLD);
  plan(realPlan("everything"));
  github.fail({ method: "get", status: 502, times: 1 });
  github.fail({ method: "post", status: 502, times: 1, carriedOut: true });
  const message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
  github.fail({ method: "get", status: 403, times: 1, message, headers: { "retry-after": "1" } });

  const { code, stderr } = await comment(job(OLD));

  expect(code).toBe(0);
  expect(stderr).toMatch(/^GitHub limits the rate of requests \(GET .*\): waiting 1 s$/m);
  expect(github.calls.filter((call) => call.startsWith("post"))).toHaveLength(2);
  expect(github.repository.comments).toHaveLength(1);
});

test.each([
  ["a wrong token", { GITHUB_TOKEN: "ghs_wrong" }, "GitHub answers 401", "the token is wrong or has expired"],
  ["no token", { GITHUB_TOKEN: "" }, "GITHUB_TOKEN is not set", "github.token"],
  [
    "an event that is not there",
    { GITHUB_EVENT_PATH: "/nope/event.json" },
    "GITHUB_EVENT_PATH names no event that can be read",
    "at /nope/event.json",
  ],
  [
    "an event that is none",
    { GITHUB_EVENT_PATH: __filename },
    "GITHUB_EVENT_PATH names no event that can be read",
    "comment.test.ts",
    "it is not JSON",
  ],
  [
    "an API that is not there",
    { GITHUB_API_URL: "http://127.0.0.1:1" },
    "GitHub cannot be reached",
    "at http://127.0.0.1:1",
  ],
  ["no repository", { GITHUB_REPOSITORY: "" }, "which repository?", "--repository owner/name"],
])("%s is said, with what to do", async (_, env, ...texts) => {
  github.repository.pull(7, OLD);
  plan(realPlan("everything"));

  const { code, stderr } = await comment({ ...job(OLD), ...env });

  expect(code).not.toBe(0);
  for (const text of texts) expect(stderr).toContain(text);
});

test("the token of a fork's run is told to comment from workflow_run", async () => {
  github.repository.pull(7, OLD);
  plan(realPlan("everything"));
  const token = github.environment({ login: "github-actions[bot]", type: "Bot", writes: false }).GITHUB_TOKEN;

  const { code, stderr } = await comment({ ...job(OLD), GITHUB_TOKEN: token ?? "" });

  expect(code).toBe(1);
  expect(stderr).toContain("comment from workflow_run");
});

describe("from a fork's run", () => {
  const report = (some: object = {}) => ({
    ...reportOf(
      runOf(
        [planned("dev-api", { affected: { change: "changed", reasons: ["aws_vpc.main: cidr_block"] } })],
        { commit: OLD, scope: { kind: "affected", base: "main" } },
      ),
      () => realPlan("everything"),
    ),
    pull: 7,
    ...some,
  });

  function upload(content: unknown): void {
    writeFileSync(
      join(folder, "report.json"),
      typeof content === "string" ? content : JSON.stringify(content),
    );
  }

  function workflowRun(head = OLD, from = "mallory/platform"): Record<string, string> {
    const file = join(folder, "event-workflow-run.json");
    const workflow_run = {
      head_sha: head,
      head_repository: { full_name: from },
      run_number: 5,
      run_attempt: 1,
    };
    writeFileSync(file, JSON.stringify({ workflow_run }));
    return { ...github.environment(), GITHUB_EVENT_NAME: "workflow_run", GITHUB_EVENT_PATH: file };
  }

  const comment = (env: Record<string, string>, ...args: string[]) =>
    inProcess(addComment, ["comment", "--fork-report", join(folder, "report.json"), ...args], env);

  beforeEach(() => {
    github.repository.pull(7, OLD, "mallory/platform");
    github.repository.pull(8, NEW, "octo-org/platform");
  });

  test("the comment says where the plan is from", async () => {
    upload(report());

    expect((await comment(workflowRun())).stdout).toMatch(/^The comment is created/);
    expect(github.repository.comments).toMatchObject([
      { issue: 7, body: expect.stringContaining("A run of a fork made this plan") },
    ]);
  });

  test("what could not be planned at all says so too", async () => {
    const failure = { message: "the synth failed @octocat" };
    const failed = reportOf(runOf([], { commit: OLD, outcome: "failed", failure }), () => undefined);
    upload({ ...failed, pull: 7 });

    expect((await comment(workflowRun())).stdout).toMatch(/^The comment is created/);
    expect(github.repository.comments[0]?.body).toContain("```\nthe synth failed @octocat\n```");
  });

  test.each([
    ["another pull request's number", { pull: 8 }, "pull request 8 is not from mallory/platform"],
    ["another commit", { commit: NEW }, `it is not of the run's commit ${OLD}`],
    ["no number", { pull: undefined }, "of which pull request"],
    ["a field too many", { text: "<b>" }, "must NOT have additional properties"],
    ["a number that is none", { pull: "7/../8" }, "/pull must be integer"],
    ["a text too long", { app: "x".repeat(3_000) }, "must NOT have more than 2000 characters"],
    ["another app's name", { app: "apps/x" }, 'it is of the app "apps/x", and not of "." (--app)'],
    ["another format", { format: "x" }, "/format must be equal to constant"],
  ])("%s is refused", async (_, some, why) => {
    upload(report(some));

    const { code, stderr } = await comment(workflowRun());

    expect(code).toBe(1);
    expect(stderr).toContain(why);
    expect(github.repository.comments).toEqual([]);
  });

  test("an app in a folder is named by the workflow, and by nobody else", async () => {
    upload(report({ app: "apps/one" }));

    expect((await comment(workflowRun(), "--app", "apps/one")).stdout).toMatch(/^The comment is created/);
    expect((await comment(workflowRun(), "--app", "apps/two")).code).toBe(1);
    expect(github.repository.comments).toHaveLength(1);
  });

  test.each([
    ["nowhere/report.json", "there is no file"],
    [".", "is not a file"],
  ])("a file that is not there is a wrong call: %s", async (path, said) => {
    const { code, stderr } = await comment(workflowRun(), "--fork-report", join(folder, path));

    expect(code).toBe(2);
    expect(stderr).toContain(said);
    expect(stderr).not.toContain("is refused");
  });

  test("a file that is no JSON is the fork's fault", async () => {
    upload("{");

    const { code, stderr } = await comment(workflowRun());

    expect(code).toBe(1);
    expect(stderr).toContain("it was written by a run of a fork");
  });

  test("a file too large is not read", async () => {
    upload(`"${"x".repeat(20_000_000)}"`);

    expect((await comment(workflowRun())).stderr).toContain("20000000 at most are read");
  });

  test("a run that a newer commit has overtaken writes nothing", async () => {
    upload(report());
    push(NEW);

    expect((await comment(workflowRun())).stdout).toContain("is no longer the newest commit");
    expect(github.repository.comments).toEqual([]);
  });

  test("outside of a workflow_run it is refused", async () => {
    upload(report());

    expect((await comment(job(OLD))).stderr).toContain("taken in a workflow_run only");
  });
});

test("another text than a plan has a comment of its own, and is written over in place", async () => {
  github.repository.pull(7, OLD);
  plan(realPlan("everything"));
  await comment(job(OLD));
  const file = join(folder, "size.md");
  for (const text of ["### 2 KB", "### 3 KB"]) {
    writeFileSync(file, text);
    await comment(job(OLD), "--text", file, "--subject", "api");
  }
  expect(github.repository.comments).toHaveLength(2);
  expect(bodies()).toContain("### 3 KB");
});

test.each([
  [[], "what is the text about?"],
  [["--subject", "api"], "there is no file"],
])("a text with %j is refused", async (args, said) => {
  github.repository.pull(7, OLD);
  const ended = await comment(job(OLD), "--text", join(folder, "none.md"), ...args);
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining(said) });
  expect(github.repository.comments).toEqual([]);
});
