import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { githubApplyRoleArn, ownIamResources } from "@groundplan/modules/identity";
import { App, TerraformStack, Testing } from "cdktf";
import type { Platform } from "../../overlays/settings/platform";
import { addStacks } from "../../stacks";
import { IdentityStack } from "../../stacks/identity";
import { Synthesized } from "../modules/network/synthesized";
import { environments, platform } from "../platform";

const ACCOUNT = "123456789012";
const NUMBERS = { ownerId: "583231", repositoryId: "1296269" };

function identity(change: Partial<Platform["github"]> = {}, of = environments): Synthesized {
  const changed = { ...platform, github: { ...platform.github, ...change } };
  return new Synthesized(
    new IdentityStack(Testing.app(), "identity", { platform: changed, account: ACCOUNT, environments: of }),
  );
}

/** The subjects that a role's trust names. */
function subjects(stack: Synthesized, path: string): readonly string[] {
  const trust = JSON.parse(String(stack.one("aws_iam_role", path).assume_role_policy));
  return [trust.Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"]].flat();
}

test("one role plans for the account; of each environment one applies, and one delivers its images", () => {
  const stack = identity();
  const roles = Object.entries(stack.all("aws_iam_role")).map(([path, role]) => [path, role.name]);
  expect(Object.fromEntries(roles)).toEqual({
    "github/plan/role": "groundplan-plan",
    "github/dev/apply/role": "groundplan-apply-dev",
    "github/dev/deliver/role": "groundplan-deliver-dev",
    "github/staging/apply/role": "groundplan-apply-staging",
    "github/staging/deliver/role": "groundplan-deliver-staging",
    "github/prod/apply/role": "groundplan-apply-prod",
    "github/prod/deliver/role": "groundplan-deliver-prod",
  });
});

test("the ARN of a role that applies is known before it is made", () => {
  const { name, path } = identity().one("aws_iam_role", "github/dev/apply/role");
  const place = { platform: "groundplan", account: ACCOUNT, region: "us-east-1", name: "dev" };
  expect(githubApplyRoleArn(place)).toBe(`arn:aws:iam::${ACCOUNT}:role${path}${name}`);
});

test("the plan's role is for pull requests and the default branch, an apply's for its GitHub environment", () => {
  const stack = identity();
  expect(subjects(stack, "github/plan/role")).toEqual([
    "repo:groundplan/groundplan:pull_request",
    "repo:groundplan/groundplan:ref:refs/heads/main",
  ]);
  expect(subjects(stack, "github/prod/apply/role")).toEqual(["repo:groundplan/groundplan:environment:prod"]);
  expect(subjects(stack, "github/prod/deliver/role")).toEqual([
    "repo:groundplan/groundplan:environment:prod",
  ]);
});

test("with the numbers of owner and repository, both forms of the subject count, or one", () => {
  expect(subjects(identity(NUMBERS), "github/prod/apply/role")).toEqual([
    "repo:groundplan@583231/groundplan@1296269:environment:prod",
    "repo:groundplan/groundplan:environment:prod",
  ]);
  expect(subjects(identity(NUMBERS), "github/plan/role")).toEqual([
    "repo:groundplan@583231/groundplan@1296269:pull_request",
    "repo:groundplan@583231/groundplan@1296269:ref:refs/heads/main",
    "repo:groundplan/groundplan:pull_request",
    "repo:groundplan/groundplan:ref:refs/heads/main",
  ]);
  expect(subjects(identity({ ...NUMBERS, subjects: "immutable" }), "github/prod/apply/role")).toEqual([
    "repo:groundplan@583231/groundplan@1296269:environment:prod",
  ]);
});

test("wrong numbers fail the synth at the role", () => {
  expect(() => identity({ ownerId: "583231" })).toThrow(
    /ownerId is given without repositoryId.*\n {2}at identity\/github\/plan\n/,
  );
});

test("the plan's role reads, and no data", () => {
  const stack = identity();
  expect(stack.one("aws_iam_role_policy_attachment", "github/plan/read-only").policy_arn).toBe(
    "arn:aws:iam::aws:policy/ReadOnlyAccess",
  );
  const text = String(stack.one("aws_iam_role_policy", "github/plan/plan").policy);
  // IAM takes 10,240 characters of inline policies in a role.
  expect(text.length).toBeLessThan(10_240);
  const statements: readonly {
    Sid: string;
    Effect: string;
    Action: string | string[];
    NotResource?: unknown;
  }[] = JSON.parse(text).Statement;
  const allowed = statements.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action }) => Action);
  expect(allowed).toEqual([
    "s3:ListBucket",
    "s3:GetObject",
    "dynamodb:DescribeTable",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:DeleteItem",
  ]);
  const denied = statements.filter(({ Effect }) => Effect === "Deny").flatMap(({ Action }) => Action);
  expect(denied).toEqual(
    expect.arrayContaining(["s3:GetObject", "secretsmanager:GetSecretValue", "dynamodb:Scan"]),
  );
  const objects = statements.find(({ Sid }) => Sid === "NoObjects");
  expect(objects?.NotResource).toBe(`arn:aws:s3:::groundplan-terraform-state-${ACCOUNT}-us-east-1/*`);
});

test("an apply's role is bounded: not GitHub's roles, not another environment's state", () => {
  const stack = identity();
  const address = stack.address("aws_iam_policy", "github/dev/boundary");
  expect(stack.one("aws_iam_role", "github/dev/apply/role").permissions_boundary).toBe(`\${${address}.arn}`);
  const text = String(stack.one("aws_iam_policy", "github/dev/boundary").policy);
  // IAM takes 6,144 characters in a managed policy.
  expect(text.length).toBeLessThan(6_144);
  const [general, ...rest] = JSON.parse(text).Statement;
  const bucket = `arn:aws:s3:::groundplan-terraform-state-${ACCOUNT}-us-east-1`;
  expect(general).toEqual({
    Sid: "AllButGitHubAndStates",
    Effect: "Allow",
    Action: "*",
    NotResource: [
      bucket,
      `${bucket}/*`,
      `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/groundplan-terraform-locks`,
      `arn:aws:iam::${ACCOUNT}:role/github/*`,
      `arn:aws:iam::${ACCOUNT}:policy/github/*`,
      `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`,
    ],
  });
  expect(JSON.stringify(rest)).toContain(`${bucket}/environments/dev/*`);
  for (const other of ["staging", "prod"]) expect(text).not.toContain(`environments/${other}`);
});

/** Whether an ARN is one of a policy's patterns. */
function matches(arn: string, patterns: readonly string[]): boolean {
  const expression = (pattern: string) => pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return patterns.some((pattern) => new RegExp(`^${expression(pattern)}$`).test(arn));
}

test("every role of an environment is one that its apply may make, and no other environment's may", () => {
  const app = new App({ outdir: Testing.app().outdir });
  addStacks(app, platform, environments);
  const { name, region, locking, stateEncryption: encryption } = platform;
  const state = { platform: name, account: ACCOUNT, region, locking, encryption };
  for (const { name: environment } of environments) {
    const stacks = app.node.children.filter(
      (node) => TerraformStack.isStack(node) && node.node.id.startsWith(`${environment}-`),
    );
    const roles = stacks.flatMap((stack) => stack.node.findAll()).filter((node) => node instanceof IamRole);
    const arns = roles.map((role) => `arn:aws:iam::${ACCOUNT}:role/${role.nameInput}`);
    expect(arns.length).toBeGreaterThan(1);
    for (const { name: other } of environments) {
      const mine = arns.filter((arn) => matches(arn, ownIamResources({ state, environment: other })));
      expect(mine).toEqual(other === environment ? arns : []);
    }
  }
});

test("no apply may make or change a role of GitHub", () => {
  const state = { platform: "groundplan", account: ACCOUNT, region: "us-east-1" };
  const access = { ...state, locking: "dynamodb", encryption: "aws" } as const;
  const patterns = ["dev", "github"].flatMap((environment) =>
    ownIamResources({ state: access, environment }),
  );
  for (const role of ["groundplan-plan", "groundplan-apply-dev"]) {
    expect(matches(`arn:aws:iam::${ACCOUNT}:role/github/${role}`, patterns)).toBe(false);
  }
});

test("an account that has the provider keeps it", () => {
  const stack = identity({ oidcProvider: "existing" });
  expect(stack.paths("aws_iam_openid_connect_provider")).toEqual([]);
  const trust = JSON.parse(String(stack.one("aws_iam_role", "github/plan/role").assume_role_policy));
  expect(trust.Statement[0].Principal).toEqual({
    Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`,
  });
});

test("each environment reads its contract in its own Region", () => {
  const [dev, , prod] = environments;
  if (!dev || !prod) throw new Error("an environment is missing");
  const stack = identity({}, [dev, { ...prod, region: "eu-central-1" }]);
  expect(stack.one("aws_ssm_parameter", "dev/contract").provider).toBeUndefined();
  expect(stack.one("aws_ssm_parameter", "prod/contract")).toMatchObject({
    name: "/groundplan/prod/identity",
    provider: "aws.eu-central-1",
  });
});

test("everything is tagged", () => {
  const stack = identity();
  for (const role of Object.values(stack.all("aws_iam_role"))) {
    expect(role.tags).toMatchObject({ Platform: "groundplan", Stack: "identity", ManagedBy: "terraform" });
  }
});

describe("the role of previews", () => {
  const shop = { repository: "example/shop", ownerId: "1", repositoryId: "2" };
  const hosts = environments.map((environment) =>
    environment.name === "dev"
      ? { ...environment, previews: { ...environment.previews, enabled: true, callers: [shop] } }
      : environment,
  );

  test("is for the repositories that are named and the platform, by the platform's workflows alone", () => {
    const stack = identity(NUMBERS, hosts);
    const { name, assume_role_policy } = stack.one("aws_iam_role", "dev/previews/role");
    expect(name).toBe("groundplan-previews-dev");
    const { StringEquals: claims } = JSON.parse(String(assume_role_policy)).Statement[0].Condition;
    expect(claims["token.actions.githubusercontent.com:repository_id"]).toEqual(["2", "1296269"]);
    expect(claims["token.actions.githubusercontent.com:job_workflow_ref"]).toEqual(
      ["provision", "destroy", "update-dashboard", "ttl-cleanup"].map(
        (file) => `groundplan/groundplan/.github/workflows/${file}.yml@refs/heads/main`,
      ),
    );
  });

  test("is not there where nobody is named, nor where the environment hosts no previews", () => {
    const none = hosts.map((one) => ({ ...one, previews: { ...one.previews, callers: [] } }));
    const off = hosts.map((one) => ({ ...one, previews: { ...one.previews, enabled: false } }));
    for (const all of [none, off])
      expect(
        Object.keys(identity(NUMBERS, all).all("aws_iam_role")).filter((path) => path.includes("previews")),
      ).toEqual([]);
  });

  test("wants the platform's numbers, unless the overlay names the platform itself", () => {
    expect(() => identity({}, hosts)).toThrow(
      "groundplan/groundplan calls the workflows too: its numbers are not known",
    );
    const own = { repository: platform.repository, ...NUMBERS };
    const named = hosts.map((one) => ({ ...one, previews: { ...one.previews, callers: [own] } }));
    expect(() => identity({}, named)).not.toThrow();
  });
});
