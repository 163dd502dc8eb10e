import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
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
  expect(github.violations).toEqual([]);
}, 300_000);
