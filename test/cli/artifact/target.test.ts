import { declaredImages } from "../../../cli/artifact/declaration";
import { artifactLocation, targetBefore, targetIn, targetsOfService } from "../../../cli/artifact/target";
import type { Stack, StackJson } from "../../../cli/project/project";

function stack(name: string, json: Partial<StackJson>): Stack {
  const provider = { aws: [{ region: "eu-west-1", allowed_account_ids: ["123456789012"] }] };
  return { name, folder: name, dependencies: [], json: { provider, ...json } };
}

/** What a stack declares of its one function. */
function declared(environment: string, from?: string): Record<string, unknown> {
  return {
    kind: "lambda",
    environment,
    service: "web",
    ...(from === undefined ? {} : { promotedFrom: from }),
    pin: `/acme/${environment}/web/artifact`,
    contract: `/acme/${environment}/web`,
    region: "eu-west-1",
    account: "123456789012",
    functionName: `${environment}-web`,
    alias: "live",
    addresses: {
      function: "aws_lambda_function.f",
      alias: "aws_lambda_alias.a",
      canaryAlarms: ["aws_cloudwatch_metric_alarm.newest"],
    },
  };
}

const declaring = (name: string, ...value: readonly unknown[]) =>
  stack(name, { output: { deployables: { value } } });

/** A stack that declares its function: nothing else in it is read. */
const pinning = (environment: string, from?: string) =>
  declaring(`${environment}-web`, declared(environment, from));

const STACKS = [pinning("prod", "qa"), pinning("dev"), pinning("qa", "dev"), stack("network", {})];

test("a function that a stack declares is a target, wherever the stack comes from", () => {
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

test("a service that no stack declares has no target", () => {
  expect(() => targetsOfService(STACKS, "api")).toThrow(
    /^no stack deploys service api: no output deployables declares it\n {2}add a stack with artifactPin/,
  );
});

test("a stack of an older version, which declares nothing, is told what to do", () => {
  const old = stack("dev-web", {
    data: { aws_ssm_parameter: { pin: { name: "/acme/dev/web/artifact" } } },
    resource: {
      aws_lambda_function: {
        f: {
          function_name: "dev-web",
          s3_object_version: "${jsondecode(data.aws_ssm_parameter.pin.insecure_value).versionId}",
        },
      },
    },
  });
  expect(() => targetsOfService([old], "web")).toThrow(
    /^no stack deploys service web: none has the output deployables.*\n {2}if a stack deploys it, it was synthesized by an older @groundplan\/modules: update the package and synthesize again/,
  );
});

test("kinds that only a later version knows are passed over", () => {
  const queue = { kind: "queue", environment: "dev", service: "web" };
  const targets = targetsOfService([declaring("dev", queue, declared("dev"))], "web");
  expect(targets).toHaveLength(1);
});

const IMAGE = {
  kind: "image",
  environment: "dev",
  service: "web",
  region: "eu-west-1",
  repository: "acme/dev/web",
  immutableTags: false,
  gitops: {
    repository: "https://github.com/acme/platform.git",
    revision: "develop",
    path: "overlays/dev",
    image: "web",
    application: "acme-dev",
    namespace: "acme-dev",
    workload: "dev-web",
    rollout: false,
  },
};

test("an image that a stack declares is read, beside a function", () => {
  const warned = jest.spyOn(console, "warn");
  const both = declaring("dev", IMAGE, declared("dev"));
  expect(declaredImages(both)).toEqual([IMAGE]);
  expect(targetsOfService([both], "web")).toHaveLength(1);
  expect(warned).not.toHaveBeenCalled();
});

test("an image without its place in Git is refused, and so is a function without its pin", () => {
  const { gitops: _, ...image } = IMAGE;
  expect(() => declaredImages(declaring("dev", image))).toThrow(
    /\/0 must have required property 'gitops'\n {2}at dev\n/,
  );
  const { pin: __, ...lambda } = declared("dev");
  expect(() => targetsOfService([declaring("dev", lambda)], "web")).toThrow(
    /\/0 must have required property 'pin'/,
  );
});

test.each<[string, unknown, RegExp]>([
  ["no list", {}, / is not a declaration of deployables: the whole must be array\n/],
  [
    "a pin that is no parameter",
    [{ ...declared("dev"), pin: "artifact" }],
    / is not a declaration of deployables: \/0\/pin must match/,
  ],
  [
    "no alias",
    [{ ...declared("dev"), alias: undefined }],
    / is not a declaration of deployables: \/0 must have required property 'alias'/,
  ],
  [
    "an address of another type",
    [
      {
        ...declared("dev"),
        addresses: { function: "aws_iam_role.f", alias: "aws_lambda_alias.a", canaryAlarms: [] },
      },
    ],
    / is not a declaration of deployables: \/0\/addresses\/function must match/,
  ],
])("refuses a declaration with %s", (_, value, message) => {
  const faulty = stack("dev-web", { output: { deployables: { value: JSON.parse(JSON.stringify(value)) } } });
  expect(() => targetsOfService([faulty], "web")).toThrow(message);
  expect(() => targetsOfService([faulty], "web")).toThrow("output deployables of stack dev-web");
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
