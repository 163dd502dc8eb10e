import { Testing } from "cdktf";
import { addStacks } from "../../stacks";
import { IdentityStack } from "../../stacks/identity";
import { Synthesized } from "../modules/network/synthesized";
import { environments, platform } from "../platform";
import { ACCOUNT, isAllowed, type RolePolicies } from "./role-policies";

const EVERYTHING = [{ Effect: "Allow", Action: "*", Resource: "*" }];

/** The identity stack of a platform in one account, as the app makes it. */
function identity(): Synthesized {
  const app = Testing.app();
  addStacks(app, platform, environments);
  return new Synthesized(app.node.findChild("identity") as IdentityStack);
}

const stack = identity();

/** What the role that delivers an environment's images may do; it has no boundary, for its own policy is the whole of it. */
function role(environment: string): RolePolicies {
  const { policy } = stack.one("aws_iam_role_policy", `github/${environment}/deliver/images`);
  return { policies: JSON.parse(String(policy)).Statement, boundary: EVERYTHING };
}

const repository = (name: string) => `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/${name}`;

const may = (environment: string, action: string, name?: string) =>
  isAllowed(role(environment), { action, ...(name === undefined ? {} : { resource: repository(name) }) });

/** What `groundplan artifact publish` and `promote` call, and Docker's protocol asks for. */
const PUBLISH = [
  "ecr:BatchCheckLayerAvailability",
  "ecr:BatchGetImage",
  "ecr:CompleteLayerUpload",
  "ecr:DescribeImages",
  "ecr:GetDownloadUrlForLayer",
  "ecr:InitiateLayerUpload",
  "ecr:PutImage",
  "ecr:UploadLayerPart",
];
const PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];

test.each(PUBLISH)("%s is allowed on the environment's own repositories", (action) => {
  expect(may("prod", action, "groundplan/prod/app")).toBe(true);
  expect(may("dev", action, "groundplan/dev/app")).toBe(true);
});

test("it logs in", () => {
  expect(may("dev", "ecr:GetAuthorizationToken")).toBe(true);
});

test.each(PULL)("%s is allowed on what is promoted, of the environment before alone", (action) => {
  expect(may("prod", action, "groundplan/staging/app")).toBe(true);
  expect(may("prod", action, "groundplan/dev/app")).toBe(false);
  expect(may("dev", action, "groundplan/staging/app")).toBe(false);
});

test.each<[string, string, string]>([
  ["pushes to the environment before", "ecr:PutImage", "groundplan/staging/app"],
  ["pushes to another platform's", "ecr:PutImage", "groundplan2/prod/app"],
  ["pushes to a repository whose name begins the same", "ecr:PutImage", "groundplan/prod/app2"],
  ["poisons what is cached of public registries", "ecr:PutImage", "groundplan/prod/ecr-public/docker/node"],
  ["deletes images", "ecr:BatchDeleteImage", "groundplan/prod/app"],
  ["deletes a repository", "ecr:DeleteRepository", "groundplan/prod/app"],
  ["makes a repository", "ecr:CreateRepository", "groundplan/prod/other"],
  ["lets others in", "ecr:SetRepositoryPolicy", "groundplan/prod/app"],
  ["makes tags movable", "ecr:PutImageTagMutability", "groundplan/prod/app"],
  ["changes what is kept", "ecr:PutLifecyclePolicy", "groundplan/prod/app"],
])("it never %s", (_, action, name) => {
  expect(may("prod", action, name)).toBe(false);
});

test.each([
  "eks:DescribeCluster",
  "iam:PassRole",
  "kms:Decrypt",
  "lambda:UpdateFunctionCode",
  "s3:GetObject",
  "secretsmanager:GetSecretValue",
  "ssm:GetParameter",
  "sts:AssumeRole",
])("nothing but ECR: no %s", (action) => {
  expect(may("prod", action)).toBe(false);
  expect(may("prod", action, "groundplan/prod/app")).toBe(false);
});

test("a planted * is found", () => {
  const open = { policies: [...role("prod").policies, ...EVERYTHING], boundary: EVERYTHING };
  expect(
    isAllowed(open, { action: "ecr:DeleteRepository", resource: repository("groundplan/prod/app") }),
  ).toBe(true);
});

test("an environment without repositories has no such role", () => {
  const bare = environments.map((one) => ({ ...one, registry: { ...one.registry, repositories: [] } }));
  const roles = new Synthesized(
    new IdentityStack(Testing.app(), "identity", { platform, account: ACCOUNT, environments: bare }),
  );
  expect(roles.paths("aws_iam_role").filter((path) => path.includes("deliver"))).toEqual([]);
});
