import { Testing } from "cdktf";
import { templateNames } from "../../previews/template";
import { IdentityStack } from "../../stacks/identity";
import { PreviewSharedStack } from "../../stacks/preview-shared";
import { environments, platform } from "../platform";
import { validate } from "../stacks/validated";
import { previewOf } from "./documents";

const SCHEDULE = { schedule: { expression: "rate(1 hour)" } };
const MIGRATE = { migrate: ["npm", "run", "migrate"] };

/** Every template, with each network and each database that it can have. */
const previews: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  service: {},
  "service-own-network": { network: "own", config: { spot: true, exec: true, architecture: "ARM64" } },
  "database-shared": { template: "api-database", database: "shared", config: MIGRATE },
  "database-own": { template: "api-database", database: "own", network: "own", config: MIGRATE },
  worker: { template: "scheduled-worker", config: SCHEDULE },
  "worker-database": {
    template: "scheduled-worker",
    database: "shared",
    config: { ...SCHEDULE, ...MIGRATE },
  },
};

/** The identities of an account whose previews other repositories make. */
function identity(): string {
  const numbers = { ownerId: "583231", repositoryId: "1296269" };
  const hosts = environments.map((environment) => ({
    ...environment,
    previews: {
      ...environment.previews,
      enabled: true,
      callers: [{ repository: "example/shop", ...numbers }],
    },
  }));
  const changed = { ...platform, github: { ...platform.github, ...numbers } };
  const props = { platform: changed, account: "123456789012", environments: hosts };
  return Testing.synth(new IdentityStack(Testing.app(), "identity", props));
}

/** What all previews share, with all that can be switched on. */
function shared(): string {
  const [dev] = environments;
  if (!dev) throw new Error("there is no environment");
  const secret = (name: string) => `arn:aws:secretsmanager:us-east-1:123456789012:secret:${name}-AbCdEf`;
  const settings = {
    ...dev.previews,
    enabled: true,
    functions: { ...dev.previews.functions, enabled: true, githubSecretArn: secret("github") },
    dashboard: { enabled: true, viewers: ["203.0.113.0/24"] },
    dockerHubSecretArn: secret("ecr-pullthroughcache/hub"),
  };
  return Testing.synth(
    new PreviewSharedStack(Testing.app(), { platform, environment: { ...dev, previews: settings } }),
  );
}

test("the real provider finds no fault in any template, nor in what previews share", async () => {
  const used = new Set(Object.values(previews).map(({ template = "api-service" }) => template));
  expect(templateNames().filter((name) => !used.has(name))).toEqual([]);
  const stacks = Object.entries(previews).map(([id, change]): [string, string] => [
    id,
    previewOf(change).text,
  ]);
  expect(await validate(new Map([...stacks, ["shared", shared()], ["identity", identity()]]))).toEqual([]);
});

test("an argument that the provider does not know is found in its template", async () => {
  const faulty = JSON.parse(previewOf().text);
  const [service] = Object.values<Record<string, unknown>>(faulty.resource.aws_ecs_service);
  if (!service) throw new Error("no service");
  service.desired = 1;
  expect(await validate(new Map([["service", JSON.stringify(faulty)]]))).toMatchObject([
    { severity: "error", summary: "Extraneous JSON object property" },
  ]);
});
