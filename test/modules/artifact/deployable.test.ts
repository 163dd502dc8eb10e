import { readFileSync } from "node:fs";
import { join } from "node:path";
import { artifactPin, type DeployableImage, declareImage } from "@groundplan/modules/artifact";
import { Ajv } from "ajv";
import { TerraformStack, Testing } from "cdktf";
import { DEV, makeFunction } from "../serverless/fixtures";

const ROOT = join(__dirname, "..", "..", "..");
const schemaText = (workspace: string) =>
  readFileSync(join(ROOT, workspace, "artifact", "deployables.schema.json"), "utf8");

/** The output of a stack, as it is synthesized. */
function deployablesOf(
  make: (stack: TerraformStack) => void,
): readonly Record<string, unknown>[] | undefined {
  const stack = new TerraformStack(Testing.app(), "dev-api");
  make(stack);
  const { output } = JSON.parse(Testing.synth(stack)) as {
    output?: { deployables?: { value: readonly Record<string, unknown>[] } };
  };
  return output?.deployables?.value;
}

test("the modules and the command line have the same schema", () => {
  expect(schemaText("cli")).toBe(schemaText("modules"));
});

test("a function declares its pin and the addresses that a deploy targets", () => {
  const declared = deployablesOf((stack) => void makeFunction(stack));
  expect(declared).toEqual([
    {
      kind: "lambda",
      environment: "dev",
      service: "api",
      pin: "/groundplan/dev/api/artifact",
      contract: "/groundplan/dev/api",
      region: "us-east-1",
      account: "123456789012",
      functionName: "groundplan-dev-api",
      alias: "live",
      addresses: {
        function: expect.stringMatching(/^aws_lambda_function\.api_function_/),
        alias: expect.stringMatching(/^aws_lambda_alias\.api_alias_/),
        canaryAlarms: [
          expect.stringMatching(/^aws_cloudwatch_metric_alarm\.api_canary_errors_/),
          expect.stringMatching(/^aws_cloudwatch_metric_alarm\.api_canary_duration_/),
        ],
      },
    },
  ]);
  const valid = new Ajv({ strict: false }).compile(JSON.parse(schemaText("modules")));
  expect(valid(declared)).toBe(true);
  expect(valid(declared?.map(({ addresses: _, ...rest }) => rest))).toBe(false);
});

test("several functions of a stack are declared in one output, with where they are promoted from", () => {
  const declared = deployablesOf((stack) => {
    makeFunction(stack, {}, "api");
    const artifact = artifactPin(stack, DEV, "mail", { promotedFrom: "test" });
    makeFunction(stack, { functionName: "groundplan-dev-mail", artifact }, "mail");
  });
  expect(declared).toMatchObject([{ service: "api" }, { service: "mail", promotedFrom: "test" }]);
});

const IMAGE: DeployableImage = {
  environment: "prod",
  service: "app",
  promotedFrom: "staging",
  region: "us-east-1",
  account: "123456789012",
  repository: "groundplan/prod/app",
  immutableTags: true,
  gitops: {
    repository: "https://github.com/acme/platform.git",
    revision: "main",
    path: "overlays/prod",
    image: "app",
    application: "acme-prod",
    namespace: "acme-prod",
    workload: "prod-app",
    rollout: true,
  },
};

test("an image declares its repository, and where a commit pins it, beside a function", () => {
  const declared = deployablesOf((stack) => {
    makeFunction(stack);
    declareImage(stack, IMAGE);
  });
  expect(declared?.[1]).toEqual({ kind: "image", ...IMAGE });
  const valid = new Ajv({ strict: false }).compile(JSON.parse(schemaText("modules")));
  expect(valid(declared)).toBe(true);
});

test.each<[string, object]>([
  ["no pin in Git", { gitops: undefined }],
  ["a path out of the repository", { gitops: { ...IMAGE.gitops, path: "../prod" } }],
  ["an absolute path", { gitops: { ...IMAGE.gitops, path: "/overlays" } }],
  ["a branch that is an option of git", { gitops: { ...IMAGE.gitops, revision: "--upload-pack=x" } }],
  ["a repository in upper case", { repository: "Groundplan/app" }],
])("the schema refuses an image with %s", (_, change) => {
  const valid = new Ajv({ strict: false }).compile(JSON.parse(schemaText("modules")));
  expect(valid(JSON.parse(JSON.stringify([{ kind: "image", ...IMAGE, ...change }])))).toBe(false);
});

test("a pin that is written by hand declares nothing", () => {
  expect(
    deployablesOf((stack) => {
      const { source: _, ...artifact } = artifactPin(stack, DEV, "api");
      makeFunction(stack, { artifact });
    }),
  ).toBeUndefined();
});

test("what a version has to pass before traffic is declared, and nothing where there is nothing", () => {
  const event = { rawPath: "/health" };
  const of = (beforeTraffic?: { event: object }) =>
    deployablesOf((stack) => void makeFunction(stack, beforeTraffic ? { beforeTraffic } : {}))?.[0];
  expect(of({ event })).toMatchObject({ beforeTraffic: { event } });
  expect(of()).not.toHaveProperty("beforeTraffic");
});
