import { PullThroughCache, type PullThroughCacheProps } from "@groundplan/modules/registry";
import { type Synthesized, synthesized } from "../network/synthesized";

const VALID: PullThroughCacheProps = {
  upstream: "ecr-public",
  prefix: "dev",
  account: "123456789012",
  region: "us-east-1",
};
const KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

function cacheWith(change: Partial<PullThroughCacheProps> = {}): Synthesized {
  return synthesized((scope) => new PullThroughCache(scope, "cache", { ...VALID, ...change }));
}

test("a rule and a template of the same prefix, the template first", () => {
  const stack = cacheWith();
  expect(stack.one("aws_ecr_pull_through_cache_rule")).toEqual({
    ecr_repository_prefix: "dev/ecr-public",
    upstream_registry_url: "public.ecr.aws",
    depends_on: [stack.address("aws_ecr_repository_creation_template", "cache/template")],
  });
  const template = stack.one("aws_ecr_repository_creation_template");
  expect(template).toMatchObject({
    prefix: "dev/ecr-public",
    applied_for: ["PULL_THROUGH_CACHE"],
    image_tag_mutability: "MUTABLE",
    encryption_configuration: [{ encryption_type: "AES256" }],
  });
  expect(JSON.parse(String(template.lifecycle_policy)).rules).toHaveLength(1);
});

test("the same upstream in two environments of one account does not collide", () => {
  const stack = synthesized((scope) => {
    for (const prefix of ["dev", "prod"])
      new PullThroughCache(scope, prefix, { ...VALID, prefix, kmsKeyArn: KEY });
  });
  const distinct = (type: string, key: string) =>
    new Set(Object.values(stack.all(type)).map((resource) => resource[key])).size;
  expect(distinct("aws_ecr_pull_through_cache_rule", "ecr_repository_prefix")).toBe(2);
  expect(distinct("aws_ecr_repository_creation_template", "prefix")).toBe(2);
  expect(distinct("aws_iam_role", "name")).toBe(2);
});

test("without tags and a key no role is made; with either, one that may make these repositories only", () => {
  expect(cacheWith().paths("aws_iam_role")).toEqual([]);
  expect(cacheWith().one("aws_ecr_repository_creation_template").custom_role_arn).toBeUndefined();

  const tagged = cacheWith({ tags: { Team: "platform" } });
  const template = tagged.one("aws_ecr_repository_creation_template");
  expect(template.resource_tags).toEqual({ Team: "platform" });
  expect(template.custom_role_arn).toBe(`\${${tagged.address("aws_iam_role", "cache/role")}.arn}`);
  expect(JSON.parse(String(tagged.one("aws_iam_role_policy").policy)).Statement).toEqual([
    {
      Sid: "CreateRepositories",
      Effect: "Allow",
      Action: ["ecr:CreateRepository", "ecr:TagResource"],
      Resource: "arn:aws:ecr:us-east-1:123456789012:repository/dev/ecr-public/*",
    },
  ]);
});

test("with a key, the role may let ECR use that key", () => {
  const stack = cacheWith({ kmsKeyArn: KEY });
  expect(stack.one("aws_ecr_repository_creation_template").encryption_configuration).toEqual([
    { encryption_type: "KMS", kms_key: KEY },
  ]);
  expect(JSON.parse(String(stack.one("aws_iam_role_policy").policy)).Statement[1]).toEqual({
    Sid: "EncryptThem",
    Effect: "Allow",
    Action: ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"],
    Resource: KEY,
  });
});

test("only ECR takes the role, and for this account", () => {
  const role = cacheWith({ kmsKeyArn: KEY }).one("aws_iam_role");
  expect(JSON.parse(String(role.assume_role_policy)).Statement).toEqual([
    {
      Effect: "Allow",
      Principal: { Service: "ecr.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: { StringEqualsIfExists: { "aws:SourceAccount": "123456789012" } },
    },
  ]);
});

test("a credential reaches the rule", () => {
  const credentialArn =
    "arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/hub-AbCdEf";
  const stack = cacheWith({ upstream: "docker-hub", credentialArn });
  expect(stack.one("aws_ecr_pull_through_cache_rule")).toMatchObject({
    upstream_registry_url: "registry-1.docker.io",
    credential_arn: credentialArn,
  });
});

test.each<[Partial<PullThroughCacheProps>, string]>([
  [{ prefix: "an-environment-of-long-name" }, "cache prefix"],
  [{ upstream: "docker-hub" }, "docker-hub is cached with a credential only"],
  [{ expireDays: 0 }, "expireDays is 0"],
  [{ expireDays: 1.5 }, "expireDays is 1.5"],
])("%j is refused", (change, what) => {
  expect(() => cacheWith(change)).toThrow(what);
});

test("all faults come at once", () => {
  expect(() => cacheWith({ prefix: "Dev", upstream: "gitlab", expireDays: 0 })).toThrow(
    /cache prefix "Dev\/gitlab".*credentialArn is missing.*expireDays is 0/s,
  );
});
