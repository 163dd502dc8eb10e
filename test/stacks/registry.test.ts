import { REGISTRY } from "@groundplan/modules/registry";
import { Testing } from "cdktf";
import type { Environment, EnvironmentOverlay } from "../../overlays/environment";
import { gitOps } from "../../stacks";
import { ClusterStack } from "../../stacks/cluster";
import { RegistryStack } from "../../stacks/registry";
import { Synthesized } from "../modules/network/synthesized";
import { defineEnvironment, environments, platform } from "../platform";

function registryStack(environment: Environment, promotedFrom?: Environment): RegistryStack {
  const gitops = gitOps(platform, [environment]);
  return new RegistryStack(Testing.app(), { platform, environment, gitops, promotedFrom });
}

function registry(environment: Environment): Synthesized {
  return new Synthesized(registryStack(environment));
}

function overlay(change: EnvironmentOverlay["registry"]): Environment {
  return defineEnvironment({
    name: "test",
    account: "123456789012",
    network: { cidr: "10.9.0.0/16" },
    ...(change === undefined ? {} : { registry: change }),
  });
}

/** The distinct values of an argument over all resources of a type. */
function values(stack: Synthesized, type: string, key: string): readonly unknown[] {
  return [...new Set(Object.values(stack.all(type)).map((resource) => JSON.stringify(resource[key])))].map(
    (text) => (text === undefined ? undefined : JSON.parse(text)),
  );
}

test("the values of the environments", () => {
  const found = environments.map((environment) => {
    const stack = registry(environment);
    const [lifecycle] = values(stack, "aws_ecr_lifecycle_policy", "policy");
    const { rules } = JSON.parse(String(lifecycle)) as { rules: { selection: { countNumber: number } }[] };
    return {
      name: environment.name,
      repositories: values(stack, "aws_ecr_repository", "name"),
      mutability: values(stack, "aws_ecr_repository", "image_tag_mutability"),
      forceDelete: values(stack, "aws_ecr_repository", "force_delete"),
      keyDays: values(stack, "aws_kms_key", "deletion_window_in_days"),
      counts: rules.map(({ selection }) => selection.countNumber),
    };
  });
  const of = (environment: string) =>
    ["api", "app", "frontend", "worker"].map((name) => `groundplan/${environment}/${name}`);
  expect(found).toEqual([
    {
      name: "dev",
      repositories: of("dev"),
      mutability: ["MUTABLE"],
      forceDelete: [true],
      keyDays: [],
      counts: [7, 15, 15, 15, 15, 15, 15],
    },
    {
      name: "staging",
      repositories: of("staging"),
      mutability: ["IMMUTABLE"],
      forceDelete: [false],
      keyDays: [7],
      counts: [7, 20, 20, 20, 20, 20, 20],
    },
    {
      name: "prod",
      repositories: of("prod"),
      mutability: ["IMMUTABLE"],
      forceDelete: [false],
      keyDays: [30],
      counts: [7, 30, 30, 30, 30, 30, 30],
    },
  ]);
});

test("an overlay says which tags are counted by themselves, and for how long others stay", () => {
  const stack = registry(
    overlay({ tagPrefixes: ["rc-"], otherTaggedDays: 14, untaggedDays: 2, maxImages: 5 }),
  );
  const [policy] = values(stack, "aws_ecr_lifecycle_policy", "policy");
  const { rules } = JSON.parse(String(policy)) as { rules: { selection: object }[] };
  expect(rules.map(({ selection }) => selection)).toMatchObject([
    { tagStatus: "untagged", countNumber: 2 },
    { tagPrefixList: ["pinned-"], countNumber: 5 },
    { tagPrefixList: ["rc-"], countNumber: 5 },
    { tagStatus: "any", countType: "sinceImagePushed", countNumber: 14 },
  ]);
});

/** Arguments that AWS wants to be unique within an account, or within an account and Region. */
const UNIQUE = [
  ["aws_ecr_repository", "name"],
  ["aws_ecr_pull_through_cache_rule", "ecr_repository_prefix"],
  ["aws_ecr_repository_creation_template", "prefix"],
  ["aws_kms_alias", "name"],
  ["aws_iam_role", "name"],
  ["aws_ssm_parameter", "name"],
] as const;

test("no name of one environment is another's, so that they can share an account", () => {
  const stacks = environments.map(registry);
  for (const [type, key] of UNIQUE) {
    const names = stacks.flatMap((stack) => Object.values(stack.all(type)).map((resource) => resource[key]));
    expect(names.length).toBeGreaterThan(1);
    expect(new Set(names).size).toBe(names.length);
  }
});

test("cached repositories are encrypted and tagged like the others", () => {
  const [, , prod] = environments;
  if (!prod) throw new Error("no prod");
  const stack = registry(prod);
  const template = stack.one("aws_ecr_repository_creation_template");
  expect(template.encryption_configuration).toEqual(
    stack.one("aws_ecr_repository", "registry/repositories/api/repository").encryption_configuration,
  );
  expect(template.resource_tags).toMatchObject({
    Environment: "prod",
    Stack: "prod-registry",
    Compliance: "soc2",
  });
});

test("all six upstreams can be had, with a credential where one is asked for, and the nodes may fill them", () => {
  const secret = (name: string) =>
    `arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/${name}-AbCdEf`;
  const credentials = { "docker-hub": secret("hub"), github: secret("gh"), gitlab: secret("gl") };
  const upstreams = ["ecr-public", "kubernetes", "quay", "docker-hub", "github", "gitlab"] as const;
  const environment = overlay({ pullThrough: upstreams, pullThroughCredentials: credentials });
  const rules = Object.values(registry(environment).all("aws_ecr_pull_through_cache_rule"));
  expect(rules.map((rule) => rule.credential_arn).filter((arn) => arn !== undefined)).toEqual(
    expect.arrayContaining(Object.values(credentials)),
  );
  const prefixes = rules.map((rule) => String(rule.ecr_repository_prefix));
  expect(prefixes).toHaveLength(6);
  const cluster = new Synthesized(new ClusterStack(Testing.app(), { platform, environment }));
  const { policy } = cluster.one("aws_iam_role_policy", "cluster/roles/nodes/fill-caches");
  const [statement] = JSON.parse(String(policy)).Statement;
  expect(statement.Resource).toEqual(
    prefixes.map((prefix) => `arn:aws:ecr:us-east-1:123456789012:repository/${prefix}/*`).sort(),
  );
});

test("the stack publishes its contract", () => {
  const parameter = registry(overlay({ repositories: ["api"], pullThrough: ["quay"] })).one(
    "aws_ssm_parameter",
  );
  expect(parameter.name).toBe("/groundplan/test/registry");
  const text = String(parameter.insecure_value);
  for (const key of Object.keys(REGISTRY.shape)) expect(text).toContain(`"${key}" = `);
  expect(text).toContain('"api" = aws_ecr_repository.registry_repositories_api_repository_');
  expect(text).toContain('"quay" = "groundplan/test/quay"');
  expect(text).toContain('"registryId" = "123456789012"');
});

/** The output `deployables` of the registry of an environment. */
function deployables(environment: Environment, promotedFrom?: Environment) {
  const { output } = JSON.parse(Testing.synth(registryStack(environment, promotedFrom)));
  return output?.deployables?.value;
}

test("the stack declares the image that a commit pins, with the environment that it is promoted from", () => {
  const [dev, staging] = environments;
  if (!dev || !staging) throw new Error("no dev or staging");
  expect(deployables(staging, dev)).toEqual([
    {
      kind: "image",
      environment: "staging",
      service: "app",
      promotedFrom: "dev",
      region: "us-east-1",
      account: "123456789012",
      repository: "groundplan/staging/app",
      immutableTags: true,
      pinnedImages: 20,
      gitops: {
        repository: "https://github.com/groundplan/groundplan.git",
        revision: "main",
        path: "overlays/staging",
        image: "app",
        application: "groundplan-staging",
        namespace: "groundplan-staging",
        workload: "staging-app",
        rollout: false,
      },
    },
  ]);
  const [first] = deployables(dev);
  expect(first).toMatchObject({ immutableTags: false, gitops: { revision: "develop" } });
  expect(first.promotedFrom).toBeUndefined();
});

test("an environment that has no repository of the service declares nothing, and nothing is promoted from it", () => {
  const [dev] = environments;
  if (!dev) throw new Error("no dev");
  const without = overlay({ repositories: ["api"] });
  expect(deployables(without)).toBeUndefined();
  expect(deployables(dev, without)[0].promotedFrom).toBeUndefined();
});

test("a registry without repositories or caches can be made", () => {
  const stack = registry(overlay({ repositories: [], pullThrough: [], encryption: "AES256" }));
  expect(stack.one("aws_ssm_parameter").insecure_value).toContain('"kmsKeyArns" = []');
  expect(stack.paths("aws_kms_key")).toEqual([]);
});

test("a wrong overlay fails at the registry's path", () => {
  expect(() => registry(overlay({ repositories: ["Api"], maxImages: 0 }))).toThrow(
    /ECR repository name "groundplan\/test\/Api".*maxImages is 0\n {2}at test-registry\/registry\n/s,
  );
});
