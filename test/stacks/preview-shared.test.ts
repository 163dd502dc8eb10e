import { App, TerraformStack, Testing } from "cdktf";
import type { Environment } from "../../overlays/environment";
import type { PreviewSettings } from "../../overlays/settings/previews";
import { addStacks } from "../../stacks";
import { PREVIEW_SHARED } from "../../stacks/contracts/preview-shared";
import { PreviewSharedStack } from "../../stacks/preview-shared";
import { Synthesized } from "../modules/network/synthesized";
import { environments, platform } from "../platform";

const [dev] = environments;
if (!dev) throw new Error("there is no environment");

const environmentWith = (change: Partial<PreviewSettings> = {}): Environment => ({
  ...dev,
  previews: { ...dev.previews, enabled: true, ...change },
});
const stackWith = (change: Partial<PreviewSettings> = {}) =>
  new Synthesized(new PreviewSharedStack(Testing.app(), { platform, environment: environmentWith(change) }));

/** The ids of all stacks of the tests' platform. */
function stackIds(all: readonly Environment[]): readonly string[] {
  const app = new App({ outdir: Testing.app().outdir });
  addStacks(app, platform, all);
  return app.node.children.filter((node) => TerraformStack.isStack(node)).map(({ node }) => node.id);
}

test("it is there where an environment hosts previews, and nowhere else", () => {
  expect(stackIds(environments).filter((id) => id.endsWith("-preview-shared"))).toEqual([]);
  expect(
    stackIds([environmentWith(), ...environments.slice(1)]).filter((id) => id.endsWith("-preview-shared")),
  ).toEqual(["dev-preview-shared"]);
});

test("it publishes what previews need, under the name that they read", () => {
  const { name, insecure_value } = stackWith().one("aws_ssm_parameter", "contract");
  expect(name).toBe("/groundplan/dev/preview-shared");
  for (const key of Object.keys(PREVIEW_SHARED.shape)) expect(insecure_value).toContain(`"${key}"`);
});

test("one certificate and one record are for all names", () => {
  const stack = stackWith({ hostedZoneId: "Z0123456789ABC" });
  expect(stack.one("aws_acm_certificate")).toMatchObject({
    domain_name: "previews.groundplan.example.com",
    subject_alternative_names: ["*.previews.groundplan.example.com"],
  });
  expect(stack.one("aws_route53_record", "load-balancer/name")).toMatchObject({
    name: "*.previews.groundplan.example.com",
    zone_id: "Z0123456789ABC",
  });
  expect(stack.paths("aws_route53_zone")).toEqual([]);
  expect(stackWith().paths("aws_route53_zone")).toEqual(["zone"]);
});

test("the database server is private, keeps its password from every state, and can be left out", () => {
  expect(stackWith().one("aws_db_instance")).toMatchObject({
    publicly_accessible: false,
    storage_encrypted: true,
    manage_master_user_password: true,
  });
  const database = { ...environmentWith().previews.database, enabled: false };
  expect(stackWith({ database }).paths("aws_db_instance")).toEqual([]);
});

test("images: untagged for a day, so many of each preview, and Docker Hub cached with a credential", () => {
  const { rules } = JSON.parse(String(stackWith({ maxImages: 60 }).one("aws_ecr_lifecycle_policy").policy));
  // ECR counts those of all fifty previews together.
  expect(rules[0].selection).toMatchObject({ tagStatus: "untagged", countNumber: 1 });
  expect(rules[2].selection).toMatchObject({ tagPrefixList: ["preview-"], countNumber: 3000 });
  expect(stackWith().paths("aws_ecr_pull_through_cache_rule")).toEqual([]);
  const dockerHubSecretArn =
    "arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/hub-AbCdEf";
  expect(stackWith({ dockerHubSecretArn }).one("aws_ecr_pull_through_cache_rule")).toMatchObject({
    upstream_registry_url: "registry-1.docker.io",
    credential_arn: dockerHubSecretArn,
  });
});

test("functions: what ends a preview is called by the schedules, what wakes one by its target group alone", () => {
  const githubSecretArn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:github-AbCdEf";
  const stack = stackWith({ functions: { ...dev.previews.functions, enabled: true, githubSecretArn } });
  const policies = stack.all("aws_iam_role_policy");
  const statements = (path: string) => JSON.parse(String(policies[path]?.policy)).Statement;
  expect(statements("scheduler/policy")).toContainEqual(
    expect.objectContaining({ Sid: "Expire", Action: "lambda:InvokeFunction" }),
  );
  expect(statements("preview-expire/role/policy")).toContainEqual(
    expect.objectContaining({ Sid: "ReadSecretGithub", Resource: githubSecretArn }),
  );
  // It changes what belongs to previews, and nothing else of the account.
  const wake = statements("preview-wake/role/policy") as {
    Sid?: string;
    Resource: string;
    Condition?: object;
  }[];
  const resourceOf = (sid: string) => wake.find(({ Sid }) => Sid === sid)?.Resource;
  expect(resourceOf("Wake")).toBe("arn:aws:ecs:us-east-1:123456789012:service/groundplan-dev-previews/*");
  expect(resourceOf("Forward")).toMatch(/:listener-rule\/app\/groundplan-dev-previews\/\*$/);
  expect(wake.find(({ Sid }) => Sid === "Start")?.Condition).toEqual({
    StringEquals: { "aws:ResourceTag/idp:managed": "true" },
  });
  expect(stack.one("aws_lb_target_group_attachment")).toMatchObject({
    depends_on: [stack.address("aws_lambda_permission", "preview-wake/invoke-load-balancer")],
  });
  // `groundplan artifact` deploys them as those of any service.
  expect(stack.one("aws_ssm_parameter", "preview-wake/contract").name).toBe("/groundplan/dev/preview-wake");
  expect(stack.one("aws_ssm_parameter", "preview-expire/contract").name).toBe(
    "/groundplan/dev/preview-expire",
  );
  expect(stackWith().paths("aws_lambda_function")).toEqual([]);
});

test("functions need the Region of the artifacts, from which Lambda takes their code", () => {
  const functions = { ...dev.previews.functions, enabled: true, githubSecretArn: "arn" };
  const environment = { ...environmentWith({ functions }), region: "eu-west-1" };
  expect(() => new PreviewSharedStack(Testing.app(), { platform, environment })).toThrow(
    "Lambda takes code from its own Region only",
  );
});

test("the page of all previews is in a private bucket, for those who may see it, or is not there", () => {
  const dashboard = { enabled: true, viewers: ["203.0.113.0/24"] };
  const stack = stackWith({ dashboard });
  expect(stack.one("aws_s3_bucket", "dashboard/bucket/bucket").bucket).toBe(
    "groundplan-dev-previews-dashboard-123456789012",
  );
  expect(String(stack.one("aws_cloudfront_function").code)).toContain("[[3405803776,256]]");
  const everybody = stackWith({ dashboard: { enabled: true, viewers: "everybody" } });
  expect(everybody.paths("aws_cloudfront_function")).toEqual([]);
  expect(stackWith().paths("aws_cloudfront_distribution")).toEqual([]);
});

test("a platform with the names of before is refused", () => {
  const legacy = { ...platform, legacyNames: true };
  expect(
    () => new PreviewSharedStack(Testing.app(), { platform: legacy, environment: environmentWith() }),
  ).toThrow("legacyNames of platform.ts leaves it out");
});
