import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { toolPath } from "@groundplan/local";
import { build } from "../cli/groundplan";
import { type Emulator, startEmulator } from "../emulator";
import { GitHub } from "../github/server";
import { BUCKET, pullRequest, push, REPOSITORY, WorkflowRepository } from "./act";
import { succeeded } from "./act-run";
import { ROOT } from "./judged";

/** Go builds act; without Go these are skipped, but not in CI. */
const onAct = existsSync(toolPath("act")) || process.env.CI === "true" ? test : test.skip;

let emulator: Emulator;
let github: GitHub;
let repository: WorkflowRepository;

beforeAll(async () => {
  build();
  emulator = await startEmulator();
  github = await GitHub.start();
  repository = new WorkflowRepository(emulator, github);
  await repository.useProvider();
  const { AWS_ENDPOINT_URL: endpoint = "" } = emulator.environment;
  const credentials = { accessKeyId: "123456789012", secretAccessKey: "test" };
  const s3 = new S3Client({ endpoint, region: "us-east-1", credentials, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await s3.send(
    new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: "Enabled" } }),
  );
});

afterAll(async () => {
  repository?.remove();
  await github?.stop();
  await emulator?.stop();
});

/** The parameters that stand on the emulator. */
async function deployed(): Promise<Readonly<Record<string, string>>> {
  const { AWS_ENDPOINT_URL: endpoint = "" } = emulator.environment;
  const credentials = { accessKeyId: "123456789012", secretAccessKey: "test" };
  const ssm = new SSMClient({ endpoint, region: "us-east-1", credentials });
  const Names = ["/dev-app", "/staging-app", "/prod-app"];
  const { Parameters = [] } = await ssm.send(new GetParametersCommand({ Names }));
  return Object.fromEntries(Parameters.map(({ Name = "", Value = "" }) => [Name, Value]));
}

onAct(
  "a pull request: from checkout to the one comment, and what it does not touch is not planned",
  async () => {
    const base = repository.commit({ "dev-app": "1", "staging-app": "1", "prod-app": "1" });
    repository.git("checkout", "--quiet", "-b", "change");
    const head = repository.commit({ "dev-app": "2", "staging-app": "2", "prod-app": "1" });
    github.repository.pull(7, head);
    const run = succeeded(
      await repository.run("infrastructure.yml", "pull_request", pullRequest(7, base, head), 1),
    );
    expect(run.jobs).toEqual({ plan: "success", comment: "success" });
    expect(repository.artifacts(1)).toEqual(["groundplan-plan", "groundplan-report.html"]);
    expect(repository.roles).toEqual(["plan arn:aws:iam::123456789012:role/github/platform-plan"]);
    expect(github.violations).toEqual([]);
    expect(github.repository.comments).toHaveLength(1);
    const [comment] = github.repository.comments;
    // It keeps the labels of what it planned: nothing is destroyed.
    expect(github.calls).toContain("get /repos/{owner}/{repo}/issues/{issue_number}/labels");
    expect(github.repository.labelsOf(7)).toEqual([]);
    expect(comment?.body).toContain("dev-app");
    expect(comment?.body).toContain("staging-app");
    expect(comment?.body).not.toContain("prod-app");
    expect(comment?.body).toMatch(
      /\[every diff on one page\]\(https:\/\/\S+\/artifacts\/groundplan-report\.html\)/,
    );
  },
  600_000,
);

onAct(
  "with several accounts each stack is planned by the role of its account",
  async () => {
    const base = repository.git("rev-parse", "change");
    repository.git("checkout", "--quiet", "-b", "release", "change");
    const head = repository.commit({ "dev-app": "2", "staging-app": "2", "prod-app": "2" });
    github.repository.pull(9, head, REPOSITORY, "release");
    const roles = {
      GROUNDPLAN_PLAN_ROLE_DEV: "plan-dev",
      GROUNDPLAN_PLAN_ROLE_STAGING: "plan-staging",
      GROUNDPLAN_PLAN_ROLE_PROD: "plan-prod",
    };
    const before = repository.roles.length;
    const event = pullRequest(9, base, head);
    const options = { roles, job: "plan" };
    const run = succeeded(await repository.run("infrastructure.yml", "pull_request", event, 6, options));
    expect(run.jobs).toEqual({ plan: "success" });
    // The emulator has one account, and so one profile: without it nothing could be planned.
    expect(repository.roles.slice(before)).toEqual(
      ["dev", "staging", "prod"].map(
        (name) => `plan arn:aws:iam::123456789012:role/github/platform-plan-${name} as 123456789012`,
      ),
    );
  },
  600_000,
);

onAct(
  "a fork's pull request: no role, no token that writes; another run comments from its report",
  async () => {
    const base = repository.git("rev-parse", "main");
    repository.git("checkout", "--quiet", "-b", "fork", "main");
    const head = repository.commit({ "dev-app": "1", "staging-app": "1", "prod-app": "9" });
    const from = "stranger/platform";
    github.repository.pull(8, head, from);
    const run = await repository.run(
      "infrastructure.yml",
      "pull_request",
      pullRequest(8, base, head, from),
      2,
    );
    // Without a role nothing can be planned, and the run says so.
    expect(run.jobs).toEqual({ plan: "failure" });
    expect(repository.artifacts(2)).toEqual([
      "groundplan-fork-report",
      "groundplan-plan",
      "groundplan-report.html",
    ]);
    expect(repository.roles).toHaveLength(4);
    expect(github.repository.comments).toHaveLength(1);

    const planned = {
      id: 2,
      event: "pull_request",
      head_sha: head,
      head_branch: "fork",
      run_number: 2,
      run_attempt: 1,
    };
    const event = {
      action: "completed",
      repository: { full_name: REPOSITORY },
      workflow_run: {
        ...planned,
        head_repository: { full_name: from },
        html_url: `https://github.com/${REPOSITORY}/actions/runs/2`,
      },
    };
    repository.git("checkout", "--quiet", "main");
    succeeded(await repository.run("comment.yml", "workflow_run", event, 3));
    expect(github.violations).toEqual([]);
    const comment = github.repository.comments.find(({ issue }) => issue === 8);
    expect(comment?.body).toContain("A run of a fork made this plan");
    expect(comment?.body).toContain("prod-app");
  },
  600_000,
);

/** Merges what a pull request of a branch has become: `stacks`; the commit. */
function merge(number: number, branch: string, plannedBy: number, stacks: Readonly<Record<string, string>>) {
  const head = repository.git("rev-parse", branch);
  repository.git("checkout", "--quiet", "main");
  repository.git("merge", "--quiet", "--no-ff", "--message", "merge", branch);
  const commit = repository.commit(stacks);
  const pull = github.repository.pulls.find((one) => one.number === number);
  if (pull) Object.assign(pull, { merged: commit, state: "closed" });
  const planned = { workflow: "infrastructure.yml", event: "pull_request", head, branch };
  github.repository.runs.push({ id: plannedBy, from: REPOSITORY, ...planned });
  return commit;
}

/** Runs a merge's workflow; the run, and in which jobs a role was assumed by which name. */
async function merged(commit: string, number: number) {
  const before = repository.roles.length;
  const run = await repository.run("infrastructure.yml", "push", push(commit), number);
  return { ...run, roles: repository.roles.slice(before).map((line) => line.split(" ")[0]) };
}

onAct(
  "a merge that does something else than was reviewed: dev fails, and the others do not begin",
  async () => {
    const commit = merge(7, "change", 1, { "dev-app": "9", "staging-app": "2", "prod-app": "1" });
    // A stranger opens a pull request with the same commit.
    const [planned] = github.repository.runs;
    if (planned) github.repository.runs.push({ ...planned, id: 2, from: "stranger/platform" });
    const run = await merged(commit, 40);
    expect(run.jobs).toEqual({ plan: "success", due: "success", dev: "failure" });
    expect(run.output).toContain("to be applied: dev-app, staging-app");
    expect(run.output).toContain("its plan is not the one that was reviewed");
    expect(await deployed()).toEqual({});
  },
  600_000,
);

onAct(
  "a merge: the reviewed plan is applied to dev, then staging; prod, of which nothing was reviewed, is not asked",
  async () => {
    const commit = merge(7, "change", 1, { "dev-app": "2", "staging-app": "2", "prod-app": "1" });
    const run = succeeded(await merged(commit, 4));
    expect(run).toMatchObject({ roles: ["plan", "dev", "staging"] });
    expect(run.jobs).toEqual({ plan: "success", due: "success", dev: "success", staging: "success" });
    expect(run.output).toContain("prod-app (changed): in no plan that was reviewed");
    expect(github.violations).toEqual([]);
    expect(repository.artifacts(4)).toEqual([
      "groundplan-apply-dev",
      "groundplan-apply-staging",
      "groundplan-plan",
      "groundplan-report.html",
    ]);
    expect(await deployed()).toEqual({ "/dev-app": "2", "/staging-app": "2" });
  },
  600_000,
);

onAct(
  "a merge that changes one environment alone asks that one alone; what cannot be planned elsewhere fails the plan only",
  async () => {
    const broken = "${aws_ssm_parameter.another.value}";
    const stacks = { "dev-app": "2", "dev-broken": broken, "staging-app": "2", "prod-app": "2" };
    const run = await merged(merge(9, "release", 6, stacks), 41);
    expect(run).toMatchObject({ roles: ["plan", "prod"] });
    expect(run.jobs).toEqual({ plan: "failure", due: "success", prod: "success" });
    expect(run.output).toContain("dev-broken (failed): in no plan that was reviewed");
    expect(await deployed()).toEqual({ "/dev-app": "2", "/staging-app": "2", "/prod-app": "2" });
  },
  600_000,
);

onAct(
  "a merge of documentation asks nobody, and needs no review",
  async () => {
    repository.write("README.md", "# A platform\n");
    const stacks = { "dev-app": "2", "staging-app": "2", "prod-app": "2" };
    const run = succeeded(await merged(repository.commit(stacks), 42));
    expect(run).toMatchObject({ roles: ["plan"] });
    expect(run.jobs).toEqual({ plan: "success", due: "success" });
    expect(run.output).toContain("to be applied: nothing");
  },
  600_000,
);

onAct(
  "a merge that nobody has planned asks nobody, applies nothing, and says how to go on",
  async () => {
    const commit = repository.commit({ "dev-app": "3", "staging-app": "3", "prod-app": "3" });
    const run = await merged(commit, 5);
    expect(run.jobs).toEqual({ plan: "success", due: "failure" });
    expect(run.output).toContain("was not merged by a pull request: start the workflow by hand");
    expect(await deployed()).toEqual({ "/dev-app": "2", "/staging-app": "2", "/prod-app": "2" });
  },
  600_000,
);

onAct(
  "two apps in folders, called as the documentation says: each has its plan, and its comment",
  async () => {
    repository.git("checkout", "--quiet", "main");
    repository.addApp("apps/network", false);
    repository.addApp("apps/api", true);
    const documentation = readFileSync(join(ROOT, "docs", "ci.md"), "utf8");
    const [, workflow = ""] = /```yaml\n(name: Apps\n[\s\S]*?)```/.exec(documentation) ?? [];
    repository.write(".github/workflows/apps.yml", workflow);
    repository.write("apps/network/stacks.json", '{"dev-vpc":"1"}');
    repository.write("apps/api/stacks.json", '{"dev-function":"1"}');
    const base = repository.commit({});
    repository.git("checkout", "--quiet", "-b", "apps");
    repository.write("apps/network/stacks.json", '{"dev-vpc":"2"}');
    repository.write("apps/api/stacks.json", '{"dev-function":"2"}');
    const head = repository.commit({});
    github.repository.pull(10, head);
    succeeded(await repository.run("apps.yml", "pull_request", pullRequest(10, base, head), 30));
    expect(repository.artifacts(30)).toEqual([
      "groundplan-plan-apps-api",
      "groundplan-plan-apps-network",
      "groundplan-report-apps-api.html",
      "groundplan-report-apps-network.html",
    ]);
    expect(github.violations).toEqual([]);
    const comments = github.repository.comments.filter(({ issue }) => issue === 10).map(({ body }) => body);
    expect(comments.sort()).toEqual([
      expect.stringMatching(
        /subject=plan%3Aapps%2Fapi .*\n.*Plan `apps\/api`: 1 stack will change[\s\S]*dev-function/,
      ),
      expect.stringMatching(
        /subject=plan%3Aapps%2Fnetwork .*\n.*Plan `apps\/network`: 1 stack will change[\s\S]*dev-vpc/,
      ),
    ]);
  },
  600_000,
);
