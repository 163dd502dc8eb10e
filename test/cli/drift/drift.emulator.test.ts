import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { GitHub } from "../../github/server";
import { build } from "../groundplan";
import { PlanProject, parameter } from "../plan/project";

let project: PlanProject;
let github: GitHub;
beforeAll(async () => {
  build();
  github = await GitHub.start();
  project = await PlanProject.start();
}, 300_000);
afterAll(async () => {
  await github?.stop();
  await project?.stop();
}, 60_000);

/** The variables of a job on a pull request. */
function job(run: number): Record<string, string> {
  const file = join(project.path, "event.json");
  const head = { sha: "a".repeat(40), repo: { full_name: "octo-org/platform" } };
  writeFileSync(file, JSON.stringify({ pull_request: { number: 7, head } }));
  return {
    ...github.environment(),
    GITHUB_EVENT_NAME: "pull_request",
    GITHUB_EVENT_PATH: file,
    GITHUB_RUN_ID: String(9000 + run),
    GITHUB_RUN_NUMBER: String(run),
    GITHUB_RUN_ATTEMPT: "1",
  };
}

const stack = (type: string, value: string) => ({
  json: { resource: { aws_ssm_parameter: { a: parameter("/dev/a", value, { type }) } } },
});

test("from the plan to the comment, and from somebody's hand to the issue", async () => {
  // GIVEN a stack that stands
  project.write({ "dev-network": stack("String", "one") });
  await project.plan();
  execFileSync("terraform", ["apply", "-auto-approve", "-input=false", "-no-color"], {
    cwd: join(project.path, "cdktf.out", "stacks", "dev-network"),
    env: {
      ...process.env,
      ...project.environment,
      TF_CLI_CONFIG_FILE: join(project.path, ".groundplan", "terraform.rc"),
    },
    stdio: "pipe",
  });
  // WHEN nobody has changed anything
  const quiet = await project.groundplan(["drift", "--issues"], job(1));
  // THEN
  expect(quiet.stdout).toContain("dev: No drift\n");
  expect(github.repository.issues).toEqual([]);

  // WHEN somebody changes it by hand
  const [AWS_ENDPOINT_URL, region] = [project.environment.AWS_ENDPOINT_URL ?? "", "us-east-1"];
  const credentials = { accessKeyId: "groundplan-local", secretAccessKey: "groundplan-local" };
  const ssm = new SSMClient({ endpoint: AWS_ENDPOINT_URL, region, credentials });
  await ssm.send(new PutParameterCommand({ Name: "/dev/a", Value: "by hand", Overwrite: true }));
  ssm.destroy();
  const drifted = await project.groundplan(["drift", "--issues", "--detailed-exitcode"], job(2));
  // THEN
  expect(drifted.stdout).toContain("  dev-network  aws_ssm_parameter.a was changed\n");
  expect(drifted.code).toBe(2);
  expect(github.repository.issues).toMatchObject([{ title: "Drift in dev", state: "open" }]);
  expect(github.repository.issues[0]?.body).toContain('+   insecure_value = "by hand"');

  // WHEN a pull request changes the value
  github.repository.pull(7, "a".repeat(40));
  project.write({ "dev-network": stack("String", "two") });
  await project.plan();
  const commented = await project.groundplan(["comment"], job(3));
  // THEN the comment says both: what the change does, and what has drifted
  expect(commented.stdout).toMatch(/^The comment is created/);
  const [comment] = github.repository.comments;
  expect(comment?.body).toContain("| `network` | ~1 drift 1 |");
  expect(comment?.body).toContain('-   insecure_value = "by hand"\n+   insecure_value = "two"');
  expect(comment?.body).toContain("! drifted: aws_ssm_parameter.a: updated in place");

  // WHEN the pull request breaks the app
  writeFileSync(join(project.path, "stacks.json"), "no JSON <b>at all</b>");
  const broken = await project.groundplan(["plan"]);
  const said = await project.groundplan(["comment"], job(4));
  // THEN nothing of the earlier plan is said, in the comment or in the results
  expect(broken.code).toBe(1);
  expect(broken.stderr).toContain("the synth failed");
  expect(said.stdout).toMatch(/^The comment is updated/);
  const [updated, ...more] = github.repository.comments;
  expect(more).toEqual([]);
  expect(updated?.body).toMatch(/^<!--.*-->\n## ❌ Plan: Nothing could be planned\n/);
  expect(updated?.body).toMatch(/```\nthe synth failed\n {2}at .*\n[\s\S]*SyntaxError: .*JSON[\s\S]*\n```/);
  expect(updated?.body).not.toContain("aws_ssm_parameter");
  expect(readdirSync(join(project.path, ".groundplan", "plan"), { recursive: true })).toEqual([
    "stacks",
    "summary.json",
  ]);
  // AND nobody can apply it, or take it for a world without drift
  const applied = await project.groundplan(["apply", "--no-synth"]);
  expect(applied).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("nothing was planned that could be applied"),
  });
  const looked = await project.groundplan(["drift", "--from", ".groundplan/plan", "--issues"], job(5));
  expect(looked).toMatchObject({ code: 1, stderr: expect.stringContaining("nothing was looked at") });
  expect(github.repository.issues).toMatchObject([{ state: "open" }]);
  expect(github.violations).toEqual([]);
}, 300_000);
