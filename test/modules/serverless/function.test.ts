import type { ArtifactFunction, ArtifactFunctionProps, Invoker } from "@groundplan/modules/serverless";
import { synthesized } from "../network/synthesized";
import { faultsOf, makeFunction, statementsOf } from "./fixtures";

const functionWith = (
  change: Partial<ArtifactFunctionProps> = {},
  use: (made: ArtifactFunction) => void = () => undefined,
) => synthesized((scope) => use(makeFunction(scope, change)));

const PIN = "jsondecode(data.aws_ssm_parameter.artifact.insecure_value)";

test("the code is pinned: bucket, key, object version and hash, all read from one parameter", () => {
  const stack = functionWith();
  expect(stack.one("aws_ssm_parameter")).toEqual({ name: "/groundplan/dev/api/artifact" });
  expect(stack.one("aws_lambda_function")).toMatchObject({
    s3_bucket: `\${${PIN}.bucket}`,
    s3_key: `\${${PIN}.key}`,
    s3_object_version: `\${${PIN}.versionId}`,
    source_code_hash: `\${${PIN}.sourceCodeHash}`,
    publish: true,
  });
});

test("defaults: arm64, traced, logs in JSON to a group that expires", () => {
  const stack = functionWith();
  expect(stack.one("aws_lambda_function")).toMatchObject({
    architectures: ["arm64"],
    runtime: "nodejs22.x",
    memory_size: 256,
    timeout: 10,
    reserved_concurrent_executions: -1,
    tracing_config: { mode: "Active" },
    // Both levels: without them, AWS answers INFO and no plan is ever empty.
    logging_config: { log_format: "JSON", application_log_level: "INFO", system_log_level: "INFO" },
  });
  expect(stack.one("aws_cloudwatch_log_group")).toMatchObject({
    name: "/aws/lambda/groundplan-dev-api",
    retention_in_days: 30,
  });
  expect(stack.one("aws_sqs_queue")).toMatchObject({ sqs_managed_sse_enabled: true });
});

test("the role writes its own log group only, and cannot make one", () => {
  const statements = statementsOf(functionWith(), "aws_iam_role_policy");
  expect(statements).toEqual([
    {
      Sid: "Logs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/groundplan-dev-api:*",
    },
    expect.objectContaining({ Sid: "Traces", Resource: "*" }),
    expect.objectContaining({ Sid: "DeadLetters", Action: "sqs:SendMessage" }),
  ]);
  const least = statementsOf(functionWith({ tracing: false, deadLetters: "none" }), "aws_iam_role_policy");
  expect(least.map(({ Sid }) => Sid)).toEqual(["Logs"]);
});

test("in a VPC Lambda may make interfaces, and the code in the function may not", () => {
  const vpc = { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] };
  const stack = functionWith({ vpc });
  expect(stack.one("aws_lambda_function").vpc_config).toEqual({
    subnet_ids: ["subnet-1"],
    security_group_ids: ["sg-1"],
  });
  const [, , , allowed, denied] = statementsOf(stack, "aws_iam_role_policy");
  expect(allowed).toMatchObject({ Effect: "Allow", Sid: "Network" });
  expect(denied).toMatchObject({
    Effect: "Deny",
    Action: allowed?.Action,
    Condition: {
      ArnEquals: {
        "lambda:SourceFunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:groundplan-dev-api",
      },
    },
  });
});

test("the alias is on the newest version, or gives it a share while a deploy is under way", () => {
  const stack = functionWith();
  const alias = stack.one("aws_lambda_alias");
  const version = `${stack.address("aws_lambda_function", "api/function")}.version`;
  expect(alias).toMatchObject({
    name: "live",
    function_version: `\${(${PIN}.weight >= 0.01) ? ${PIN}.stableVersion : ${version}}`,
    dynamic: {
      routing_config: {
        for_each: `\${(${PIN}.weight >= 0.01) ? [${PIN}.weight] : []}`,
        content: { additional_version_weights: `\${{(${version}) = routing_config.value}}` },
      },
    },
  });
});

test("with something to pass before traffic, the alias stays where it is for as long as the pin says", () => {
  const beforeTraffic = { event: { rawPath: "/health" } };
  const stack = functionWith({ beforeTraffic });
  const version = `${stack.address("aws_lambda_function", "api/function")}.version`;
  expect(stack.one("aws_lambda_alias")).toMatchObject({
    function_version: `\${(length(${PIN}.stableVersion) >= 1) ? ${PIN}.stableVersion : ${version}}`,
  });
});

const PARAMETER = "arn:aws:ssm:us-east-1:123456789012:parameter/groundplan/dev/network";
const SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf";
const QUEUE = "arn:aws:sqs:us-east-1:123456789012:jobs";
const KEY = "arn:aws:kms:us-east-1:123456789012:key/1";
const TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms";

test("grants add to the policy, whenever they are made", () => {
  const stack = functionWith({ tracing: false, deadLetters: "none" }, (made) => {
    made.grantReadParameters("network", PARAMETER, `${PARAMETER}s`);
    made.grantReadSecret("db", SECRET);
    made.grantReadObjects("in", { bucketArn: "arn:aws:s3:::data", prefix: "in/" });
    made.grantWriteObjects("out", { bucketArn: "arn:aws:s3:::data", prefix: "out/" });
    made.grantSend("jobs", QUEUE);
    made.grantReceive("jobs", QUEUE);
    made.grantDecrypt("db", KEY);
  });
  const [, ...granted] = statementsOf(stack, "aws_iam_role_policy");
  expect(granted.map(({ Sid, Resource }) => [Sid, Resource])).toEqual([
    ["ReadParametersNetwork", [PARAMETER, `${PARAMETER}s`]],
    ["ReadSecretDb", SECRET],
    ["ReadObjectsIn", "arn:aws:s3:::data/in/*"],
    ["ReadObjectsIn2", "arn:aws:s3:::data"],
    ["WriteObjectsOut", "arn:aws:s3:::data/out/*"],
    ["SendJobs", QUEUE],
    ["ReceiveJobs", QUEUE],
    ["DecryptDb", KEY],
  ]);
});

test.each([
  ["no ARN", "jobs"],
  ["more than one resource", "arn:aws:sqs:us-east-1:123456789012:*"],
])("planted fault: a grant of %s", (_, arn) => {
  expect(faultsOf((scope) => makeFunction(scope).grantSend("jobs", arn))).toContain(
    "is not the ARN of a resource",
  );
});

const RULE = "arn:aws:events:us-east-1:123456789012:rule/nightly";

test("callers call the alias, a service for one resource only", () => {
  const stack = functionWith({}, (made) => {
    made.grantInvoke("nightly", { service: "events.amazonaws.com", sourceArn: RULE });
    made.grantInvoke("tools", { arn: "arn:aws:iam::210987654321:role/tools" });
  });
  const alias = stack.address("aws_lambda_alias", "api/alias");
  expect(Object.values(stack.all("aws_lambda_permission"))).toMatchObject([
    { principal: "events.amazonaws.com", source_arn: RULE, qualifier: `\${${alias}.name}` },
    { principal: "arn:aws:iam::210987654321:role/tools", qualifier: `\${${alias}.name}` },
  ]);
});

test("a bucket calls for one account only, since its ARN holds none", () => {
  const source = { service: "s3.amazonaws.com", sourceArn: "arn:aws:s3:::uploads" };
  const accounts = (...invokers: readonly Invoker[]) =>
    Object.values(
      functionWith({}, (made) => {
        for (const [index, invoker] of invokers.entries()) made.grantInvoke(String(index), invoker);
      }).all("aws_lambda_permission"),
    ).map(({ source_account }) => source_account);
  expect(
    accounts(
      source,
      { ...source, sourceAccount: "210987654321" },
      { ...source, sourceArn: "${aws_s3_bucket.uploads.arn}" },
      { service: "events.amazonaws.com", sourceArn: RULE },
    ),
  ).toEqual(["123456789012", "210987654321", "123456789012", undefined]);
});

test.each([
  RULE,
  "arn:aws:s3:::uploads",
  "arn:aws:sns:eu-west-1:210987654321:topic",
  "arn:aws:execute-api:us-east-1:123456789012:abc123/*/*",
  "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/a:*",
])("%s is one resource", (sourceArn) => {
  const invoker = { service: "events.amazonaws.com", sourceArn };
  expect(faultsOf((scope) => makeFunction(scope).grantInvoke("x", invoker))).toBe("");
});

test.each([
  "*",
  "arn:aws:s3:::*",
  "arn:aws:s3:::uploads*",
  "arn:aws:s3:::",
  "arn:aws:events:us-east-1::*",
  "arn:aws:events:us-east-1::rule/nightly",
  "arn:aws:events:us-east-1:*:rule/nightly",
  "arn:aws:events:us-east-1:123456789012:rule/*",
  "arn:aws:events:us-east-1:123456789012:rule/night?y",
  "arn:aws:execute-api:us-east-1:123456789012:*/*/*",
  "arn:aws:logs:us-east-1:123456789012:log-group:*",
])("%s may be more than one resource, or a stranger's", (sourceArn) => {
  const invoker = { service: "events.amazonaws.com", sourceArn };
  expect(faultsOf((scope) => makeFunction(scope).grantInvoke("x", invoker))).toMatch(
    /names no single resource/,
  );
});

test.each<[string, Invoker, RegExp]>([
  ["a service that is none", { service: "example.com", sourceArn: RULE }, /not the principal of an AWS/],
  [
    "a source of no account",
    { service: "s3.amazonaws.com", sourceArn: "arn:aws:s3:::uploads", sourceAccount: "12" },
    /sourceAccount "12" has not/,
  ],
  ["everybody", { arn: "*" }, /not the ARN of a role or a user/],
  ["all roles", { arn: "arn:aws:iam::123456789012:role/*" }, /not the ARN of a role or a user/],
  ["an account that is none", { account: "12" }, /account "12" has not 12 digits/],
])("%s cannot be let call", (_, invoker, message) => {
  expect(faultsOf((scope) => makeFunction(scope).grantInvoke("x", invoker))).toMatch(message);
});

test.each<[string, Partial<ArtifactFunctionProps>, RegExp]>([
  ["a name", { functionName: "a b" }, /Lambda function name "a b" may hold only/],
  ["a long name", { functionName: "a".repeat(65) }, /Lambda function name "a+" has 65 characters/],
  ["memory", { memoryMb: 64 }, /memoryMb is 64/],
  ["much memory", { memoryMb: 10_241 }, /memoryMb is 10241/],
  ["half a MB", { memoryMb: 256.5 }, /memoryMb is 256.5/],
  ["no time", { timeoutSeconds: 0 }, /timeoutSeconds is 0/],
  ["a timeout", { timeoutSeconds: 901 }, /timeoutSeconds is 901/],
  ["concurrency", { reservedConcurrency: -2 }, /reservedConcurrency is -2/],
  ["retention", { logRetentionDays: 31 }, /logRetentionDays is 31/],
  [
    "a VPC without subnets",
    { vpc: { subnetIds: [], securityGroupIds: ["sg-1"] } },
    /vpc has no subnets or no/,
  ],
  ["an empty VPC", { vpc: { subnetIds: ["subnet-1"], securityGroupIds: [] } }, /vpc has no subnets or no/],
  ["a deprecated runtime", { runtime: "nodejs16.x" }, /runtime "nodejs16.x" is deprecated since 2024-06-12/],
  [
    "variables beyond 4 KB",
    { environment: Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`NAME_${i}`, "x".repeat(100)])) },
    /the variables have \d{4} bytes, and Lambda takes 4096/,
  ],
  ["variables of many bytes and few letters", { environment: { TEXT: "€".repeat(1400) } }, /have 4338 bytes/],
  ["a description that is a text", { description: "x".repeat(257) }, /description has 257 characters/],
  [
    "more subnets than Lambda takes",
    { vpc: { subnetIds: Array.from({ length: 17 }, (_, i) => `subnet-${i}`), securityGroupIds: ["sg-1"] } },
    /vpc has 17 subnets and 1 security groups/,
  ],
  ["a variable's name", { environment: { "LOG-LEVEL": "debug" } }, /"LOG-LEVEL" may hold only/],
  ["Lambda's own variable", { environment: { AWS_REGION: "eu-west-1" } }, /AWS_REGION is set by Lambda/],
  ["a secret in the open", { environment: { DB_PASSWORD: "x" } }, /DB_PASSWORD says that it holds a secret/],
  ["an error rate", { alarms: { errorPercent: 101 } }, /errorPercent is 101/],
  ["a negative error rate", { alarms: { errorPercent: -1 } }, /errorPercent is -1/],
  ["throttles", { alarms: { throttles: -1 } }, /throttles is -1/],
  ["half a throttle", { alarms: { throttles: 0.5 } }, /throttles is 0.5/],
  ["a duration beyond the timeout", { alarms: { durationMs: 10_001 } }, /durationMs is 10001/],
  ["a topic by its name", { alarms: { topicArns: ["alarms"] } }, /topic "alarms" is not the ARN of an SNS/],
  [
    "a queue for a topic",
    { alarms: { topicArns: ["arn:aws:sqs:us-east-1:123456789012:alarms"] } },
    /topic "arn:aws:sqs:.*" is not the ARN of an SNS/,
  ],
  [
    "a topic with an order, which alarms cannot tell",
    { alarms: { topicArns: [`${TOPIC}.fifo`] } },
    /alarms.fifo" is not the ARN of an SNS/,
  ],
  ["no duration", { alarms: { durationMs: 0 } }, /durationMs is 0/],
])("%s that AWS refuses, or that is unsafe, fails the synth", (_, change, message) => {
  expect(faultsOf((scope) => makeFunction(scope))).toBe("");
  expect(faultsOf((scope) => makeFunction(scope, change))).toMatch(message);
});

test("all faults are told at once", () => {
  const message = faultsOf((scope) => makeFunction(scope, { memoryMb: 1, timeoutSeconds: 0 }));
  expect(message).toMatch(/memoryMb[\s\S]*timeoutSeconds/);
  expect(message).toContain("at dev-network/api");
});

test("a variable that names a secret's ARN is fine", () => {
  expect(faultsOf((scope) => makeFunction(scope, { environment: { DB_PASSWORD_ARN: "arn" } }))).toBe("");
});

test("variables of just 4 KB pass, with the two of Groundplan's", () => {
  const environment = { TEXT: "x".repeat(4096 - 134 - 4) };
  expect(faultsOf((scope) => makeFunction(scope, { environment }))).toBe("");
  const more = { TEXT: `${environment.TEXT}x` };
  expect(faultsOf((scope) => makeFunction(scope, { environment: more }))).toContain("have 4097 bytes");
});

test("a runtime whose end is near is warned of, and nothing else changes", () => {
  const warnings = (today: string) => {
    const found: string[] = [];
    synthesized((scope) => {
      const made = makeFunction(scope, { runtime: "python3.11", today: new Date(today) });
      for (const { type, data } of made.node.metadata) if (type === "@cdktf/warn") found.push(String(data));
    });
    return found;
  };
  expect(warnings("2026-11-30")).toEqual([]);
  expect(warnings("2027-05-30")).toEqual([expect.stringContaining("python3.11 is deprecated on 2027-06-30")]);
});
