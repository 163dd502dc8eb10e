import { artifactLocation, targetBefore, targetIn, targetsOfService } from "../../../cli/artifact/target";
import type { Stack, StackJson } from "../../../cli/project/project";

function stack(name: string, json: Partial<StackJson>): Stack {
  const provider = { aws: [{ region: "eu-west-1", allowed_account_ids: ["123456789012"] }] };
  return { name, folder: name, dependencies: [], json: { provider, ...json } };
}

/** A stack that pins its function by Terraform alone: nothing in it is of Groundplan. */
function pinning(environment: string, from?: string, parameter = `/acme/${environment}/web/artifact`): Stack {
  return stack(`${environment}-web`, {
    data: { aws_ssm_parameter: { pin: { name: parameter } } },
    resource: {
      aws_lambda_function: {
        f: {
          function_name: `${environment}-web`,
          s3_object_version: "${jsondecode(data.aws_ssm_parameter.pin.insecure_value).versionId}",
        },
        other: { function_name: "other", s3_object_version: "fixed" },
      },
      aws_cloudwatch_metric_alarm: {
        all: { dimensions: { FunctionName: "${aws_lambda_function.f.function_name}" } },
        newest: { dimensions: { ExecutedVersion: "${aws_lambda_function.f.version}" } },
        others: { dimensions: { ExecutedVersion: "${aws_lambda_function.other.version}" } },
      },
      aws_lambda_alias: { a: { name: "live", function_name: "${aws_lambda_function.f.function_name}" } },
    },
    ...(from === undefined ? {} : { output: { promoted_from: { value: from } } }),
  });
}

const STACKS = [pinning("prod", "qa"), pinning("dev"), pinning("qa", "dev"), stack("network", {})];

test("a function that takes its object version from a pin is a target, wherever it comes from", () => {
  const [dev] = targetsOfService(STACKS, "web");
  expect(dev).toMatchObject({
    environment: "dev",
    service: "web",
    region: "eu-west-1",
    account: "123456789012",
    parameter: "/acme/dev/web/artifact",
    contract: "/acme/dev/web",
    functionAddress: "aws_lambda_function.f",
    aliasAddress: "aws_lambda_alias.a",
    canaryAddresses: ["aws_cloudwatch_metric_alarm.newest"],
    alias: "live",
  });
});

test("environments stand in the order of promotion", () => {
  const targets = targetsOfService(STACKS, "web");
  expect(targets.map(({ environment }) => environment)).toEqual(["dev", "qa", "prod"]);
  expect(targetBefore(targets, targetIn(targets, "prod")).environment).toBe("qa");
  expect(() => targetBefore(targets, targetIn(targets, "dev"))).toThrow(/dev is the first environment/);
  expect(() => targetIn(targets, "test")).toThrow(/no environment "test"\n {2}use one of dev, qa, prod/);
});

test("environments that are promoted from each other still are listed", () => {
  const circle = [pinning("a", "b"), pinning("b", "a")];
  expect(targetsOfService(circle, "web")).toHaveLength(2);
});

test.each([
  ["another service", STACKS, "api"],
  ["a parameter of another form", [pinning("dev", undefined, "/acme/version")], "web"],
])("%s has no target", (_, stacks, service) => {
  expect(() => targetsOfService(stacks, service)).toThrow(/no stack deploys service/);
});

test("a pin that two functions read is refused: a deploy would leave one of them behind", () => {
  const twice = [...STACKS, { ...pinning("dev"), name: "dev-web-copy" }];
  expect(() => targetsOfService(twice, "web")).toThrow(
    /^2 functions of dev take the pin of service web, and it moves one: dev-web, dev-web\n {2}at \/acme\/dev\/web\/artifact\n {2}give each/,
  );
});

test("the bucket is an output of one stack", () => {
  const bucket = (name: string) => stack("state", { output: { artifact_bucket: { value: name } } });
  expect(artifactLocation([bucket("a"), ...STACKS])).toEqual({ bucket: "a", region: "eu-west-1" });
  expect(() => artifactLocation(STACKS)).toThrow(/no stack has the output artifact_bucket/);
  expect(() => artifactLocation([bucket("a"), bucket("b")])).toThrow(
    /several stacks have the output.*: a, b/,
  );
  expect(() => artifactLocation([bucket("${aws_s3_bucket.a.id}")])).toThrow(/no stack/);
});
