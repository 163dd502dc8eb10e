import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { GitHub } from "../../github/server";
import { build } from "../groundplan";
import { PlanProject, parameter } from "../plan/project";

let project: PlanProject;
let github: GitHub;
beforeAll(async () => {
  build();
  github = await GitHub.start();
  project = await PlanProject.start({ withProvider: true });
});
afterAll(async () => {
  await github?.stop();
  await project?.stop();
});

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

const statement = (Action: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Action, Effect: "Allow", Resource: "*" }] });
const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Action: "sts:AssumeRole", Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" } }],
});

/** A parameter, and a role whose policy is a resource of its own. */
const stack = (type: string, value: string) => ({
  json: {
    resource: {
      aws_ssm_parameter: { a: parameter("/dev/a", value, { type }) },
      aws_iam_role: { r: { name: "dev-r", assume_role_policy: trust } },
      aws_iam_role_policy: {
        p: { name: "read", role: "${aws_iam_role.r.name}", policy: statement("s3:GetObject") },
      },
    },
  },
});

/** Gives the role a policy by hand. */
async function openDoor(PolicyName: string): Promise<void> {
  const credentials = { accessKeyId: "groundplan-local", secretAccessKey: "groundplan-local" };
  const endpoint = project.environment.AWS_ENDPOINT_URL ?? "";
  const iam = new IAMClient({ endpoint, region: "us-east-1", credentials });
  const PolicyDocument = statement("iam:PassRole");
  await iam.send(new PutRolePolicyCommand({ RoleName: "dev-r", PolicyName, PolicyDocument }));
  iam.destroy();
}

/** Applies what the code says, without a review. */
async function apply(): Promise<string> {
  const { code, stdout, stderr } = await project.groundplan(["apply", "--auto-approve"]);
  if (code !== 0) throw new Error(stderr + stdout);
  return stdout;
}

test("from the plan to the comment, and from somebody's hand to the issue", async () => {
  // GIVEN a stack that stands
  project.write({ "dev-network": stack("String", "one") });
  await apply();
  // WHEN nobody has changed anything
  const quiet = await project.groundplan(["drift", "--issues"], job(1));
  // THEN
  expect(quiet.stdout).toContain("dev: No drift\n");
  expect(github.repository.issues).toEqual([]);

  // WHEN somebody changes it by hand
  const [AWS_ENDPOINT_URL, region] = [project.environment.AWS_ENDPOINT_URL ?? "", "us-east-1"];
  const credentials = { accessKeyId: "groundplan-local", secretAccessKey: "groundplan-local" };
  await openDoor("door");
  const ssm = new SSMClient({ endpoint: AWS_ENDPOINT_URL, region, credentials });
  await ssm.send(new PutParameterCommand({ Name: "/dev/a", Value: "by hand", Overwrite: true }));
  ssm.destroy();
  const drifted = await project.groundplan(["drift", "--issues", "--detailed-exitcode"], job(2));
  // THEN
  expect(drifted.stdout).toContain("dev: 2 resources differ from the state");
  expect(drifted.stdout).toContain("  dev-network  aws_ssm_parameter.a was changed\n");
  expect(drifted.stdout).toContain("  dev-network  aws_iam_role.r was changed\n");
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
  expect(comment?.body).toContain("| `network` | ~1 drift 2 |");
  expect(comment?.body).toContain('-   insecure_value = "by hand"\n+   insecure_value = "two"');
  expect(comment?.body).toContain("! drifted: aws_ssm_parameter.a: updated in place");

  // WHEN what was reviewed is applied, and then what the code says nothing of is taken into the state
  expect((await project.groundplan(["apply"])).stdout).toContain("dev-network: applied");
  await openDoor("another");
  const drift = await project.plan();
  const accepted = await project.groundplan(["apply"]);
  const clean = await project.groundplan(["drift", "--issues"], job(6));
  // THEN nothing has drifted any more
  expect(drift.stacks).toMatchObject([{ status: "unchanged", counts: { drift: 1 } }]);
  expect(accepted.stdout).toContain("dev-network: unchanged: the state takes the drift of 1 resource\n");
  expect(clean.stdout).toContain("dev: No drift  issue closed:");

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
  expect(looked).toMatchObject({ code: 1, stderr: expect.stringContaining("nothing was checked") });
  expect(github.repository.issues).toMatchObject([{ state: "closed" }]);
  expect(github.violations).toEqual([]);
}, 600_000);
