import type { ArtifactFunctionProps } from "@groundplan/modules/serverless";
import { synthesized } from "../network/synthesized";
import { faultsOf, makeFunction } from "./fixtures";

const DIGEST = "b".repeat(64);
const IMAGE = `123456789012.dkr.ecr.us-east-1.amazonaws.com/groundplan/dev/api@sha256:${DIGEST}`;
const LAYER = "arn:aws:lambda:us-east-1:123456789012:layer:tools:3";
const functionWith = (change: Partial<ArtifactFunctionProps>) =>
  synthesized((scope) => void makeFunction(scope, change));

test("an image runs by its digest, brings its own runtime, and is known by its hash", () => {
  const stack = functionWith({
    artifact: {
      image: IMAGE,
      commit: "abc",
      command: ["app.handler"],
      entryPoint: ["/run"],
      workingDirectory: "/app",
    },
  });
  const made = stack.one("aws_lambda_function");
  expect(made).toMatchObject({
    package_type: "Image",
    image_uri: IMAGE,
    image_config: { command: ["app.handler"], entry_point: ["/run"], working_directory: "/app" },
    environment: { variables: { ARTIFACT_SHA256: DIGEST, ARTIFACT_COMMIT: "abc" } },
    publish: true,
  });
  for (const key of ["handler", "runtime", "s3_bucket"]) expect(made).not.toHaveProperty(key);
  const version = `\${${stack.address("aws_lambda_function", "api/function")}.version}`;
  expect(stack.one("aws_lambda_alias")).toMatchObject({ name: "live", function_version: version });
  expect(stack.paths("aws_ssm_parameter")).toEqual([]);
  expect(functionWith({ artifact: { image: IMAGE } }).one("aws_lambda_function")).not.toHaveProperty(
    "image_config",
  );
});

test("layers are versions in the function's Region", () => {
  expect(functionWith({ layers: [LAYER] }).one("aws_lambda_function").layers).toEqual([LAYER]);
  expect(functionWith({}).one("aws_lambda_function")).not.toHaveProperty("layers");
});

test("instances are kept warm for the alias: so many, or as many as are busy", () => {
  const stack = functionWith({ provisionedConcurrency: 5 });
  const alias = stack.address("aws_lambda_alias", "api/alias");
  // By reference: a price of the plan asks for the function's memory.
  const name = `\${${stack.address("aws_lambda_function", "api/function")}.function_name}`;
  expect(stack.one("aws_lambda_provisioned_concurrency_config")).toEqual({
    function_name: name,
    qualifier: `\${${alias}.name}`,
    provisioned_concurrent_executions: 5,
  });
  expect(stack.paths("aws_appautoscaling_target")).toEqual([]);
  const scaled = functionWith({ provisionedConcurrency: { min: 2, max: 20 } });
  expect(scaled.one("aws_lambda_provisioned_concurrency_config")).toMatchObject({
    provisioned_concurrent_executions: 2,
    lifecycle: { ignore_changes: ["provisioned_concurrent_executions"] },
  });
  expect(scaled.one("aws_appautoscaling_target")).toMatchObject({
    service_namespace: "lambda",
    scalable_dimension: "lambda:function:ProvisionedConcurrency",
    resource_id: `function:${name}:\${${alias}.name}`,
    min_capacity: 2,
    max_capacity: 20,
  });
  expect(scaled.one("aws_appautoscaling_policy")).toMatchObject({
    target_tracking_scaling_policy_configuration: { target_value: 0.7 },
  });
});

test.each<[string, Partial<ArtifactFunctionProps>, RegExp]>([
  ["a tag", { artifact: { image: IMAGE.replace(/@.*/, ":1.2.3") } }, /names a tag: Lambda keeps the image/],
  [
    "Docker Hub",
    { artifact: { image: "docker.io/library/node@sha256:1" } },
    /not in a private repository of ECR/,
  ],
  [
    "another Region",
    { artifact: { image: IMAGE.replace("us-east-1", "eu-west-1") } },
    /not in the function's Region, us-east-1/,
  ],
  [
    "a handler of an image",
    { artifact: { image: IMAGE }, handler: "a.b" },
    /handler is set, and an image brings its own/,
  ],
  ["a runtime of an image", { artifact: { image: IMAGE }, runtime: "nodejs22.x" }, /runtime is set/],
  [
    "an event before traffic to an image",
    { artifact: { image: IMAGE }, beforeTraffic: { event: {} } },
    /beforeTraffic is set, and no pin leads to an image/,
  ],
  ["layers of an image", { artifact: { image: IMAGE }, layers: [LAYER] }, /layers is set/],
  ["a layer without its version", { layers: [LAYER.slice(0, -2)] }, /is not the ARN of a version of a layer/],
  [
    "a layer elsewhere",
    { layers: [LAYER.replace("us-east-1", "eu-west-1")] },
    /is not in the function's Region/,
  ],
  ["six layers", { layers: Array.from({ length: 6 }, () => LAYER) }, /layers has 6, and Lambda takes 5/],
  ["no warm instance", { provisionedConcurrency: 0 }, /provisionedConcurrency is 0/],
  ["a range that goes down", { provisionedConcurrency: { min: 5, max: 4 } }, /goes from 5 to 4/],
  [
    "a target",
    { provisionedConcurrency: { min: 1, max: 2, targetPercent: 91 } },
    /targetPercent of provisionedConcurrency is 91/,
  ],
  [
    "more than it may have",
    { provisionedConcurrency: 11, reservedConcurrency: 10 },
    /provisionedConcurrency is 11, and reservedConcurrency 10/,
  ],
])("%s is refused", (_, change, message) => {
  expect(faultsOf((scope) => void makeFunction(scope, { artifact: { image: IMAGE } }))).toBe("");
  expect(
    faultsOf(
      (scope) =>
        void makeFunction(scope, { layers: [LAYER], provisionedConcurrency: 10, reservedConcurrency: 10 }),
    ),
  ).toBe("");
  expect(faultsOf((scope) => void makeFunction(scope, change))).toMatch(message);
});
