import { execFile } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GitHub } from "../github/server";
import { temporaryFolder } from "../temporary-folder";
import { ROOT } from "./judged";

const OWN = "octo-org/platform";
const HEAD = "a".repeat(40);
const MERGE = "c".repeat(40);

let github: GitHub;
let folder: string;
beforeEach(async () => {
  github = await GitHub.start();
  folder = temporaryFolder("reviewed");
  writeFileSync(join(folder, "output"), "");
});
afterEach(async () => {
  await github.stop();
  rmSync(folder, { recursive: true });
  expect(github.violations).toEqual([]);
});

/** Looks for the reviewed plan as the action does; the run's id, or what the action says. */
function find(variables: Readonly<Record<string, string>> = {}): Promise<string> {
  const env = {
    ...github.environment(),
    GITHUB_EVENT_NAME: "push",
    GITHUB_OUTPUT: join(folder, "output"),
    GITHUB_REF_NAME: "main",
    GITHUB_RUN_ID: "99",
    GITHUB_SHA: MERGE,
    ...variables,
  };
  const script = join(ROOT, ".github", "actions", "reviewed-plan", "find.mjs");
  return new Promise((resolve) =>
    execFile(process.execPath, [script], { env }, (error, stdout) =>
      resolve(error ? stdout : readFileSync(join(folder, "output"), "utf8").trim()),
    ),
  );
}

/** Merges a pull request. */
function merge(from = OWN): void {
  Object.assign(github.repository.pull(7, HEAD, from), { merged: MERGE, state: "closed" });
}

const run = (id: number, from = OWN, branch = "change", head = HEAD) =>
  github.repository.runs.push({
    id,
    from,
    branch,
    head,
    workflow: "infrastructure.yml",
    event: "pull_request",
  });

test("the newest run of the merged pull request's newest commit has the reviewed plan", async () => {
  merge();
  run(1);
  run(3);
  run(4, OWN, "change", "d".repeat(40));

  expect(await find()).toBe("run-id=3");
});

test("a stranger's run with the same commit does not count, however many there are", async () => {
  merge();
  run(1);
  for (let id = 2; id < 250; id += 1) run(id, "stranger/platform");
  // Another branch of this repository has the same commit, and another base.
  run(300, OWN, "other");

  expect(await find()).toBe("run-id=1");
});

test("the runs are those of the workflow that calls, whatever its name is", async () => {
  merge();
  run(1);
  const [planned] = github.repository.runs;
  if (planned) github.repository.runs.push({ ...planned, id: 2, workflow: "apps.yml" });
  const caller = { GITHUB_WORKFLOW_REF: `${OWN}/.github/workflows/apps.yml@refs/heads/main` };

  expect(await find(caller)).toBe("run-id=2");
  expect(await find({ GITHUB_WORKFLOW_REF: caller.GITHUB_WORKFLOW_REF.replace("apps", "other") })).toContain(
    "gh workflow run other.yml",
  );
});

test("with a stranger's run alone nothing was reviewed, and what to do by hand is said", async () => {
  merge();
  run(2, "stranger/platform");

  expect(await find()).toMatch(/has no plan of a{40}: start the workflow by hand: gh workflow run/);
});

test("a merged fork was planned by nobody, and what to do by hand is said", async () => {
  merge("stranger/platform");
  run(2, "stranger/platform");

  expect(await find()).toMatch(
    /^::error .*pull request 7 is from stranger\/platform, and a fork's run plans nothing: start the workflow by hand/,
  );
});

test("an open pull request, or one that was merged elsewhere, is not the one", async () => {
  github.repository.pull(7, HEAD);
  run(1);

  expect(await find()).toContain(`commit ${MERGE} was not merged by a pull request`);
});
