import type { ArtifactFunction, ArtifactFunctionProps, Invoker } from "@groundplan/modules/serverless";
import { synthesized } from "../network/synthesized";
import { faultsOf, makeFunction, statementsOf } from "./made";

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
    logging_config: { log_format: "JSON" },
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

test("alarms watch what the alias is asked, with thresholds of the function's own", () => {
  const stack = functionWith({ timeoutSeconds: 20, alarms: { errorPercent: 5, topicArns: ["arn:topic"] } });
  const alarms = Object.values(stack.all("aws_cloudwatch_metric_alarm"));
  expect(alarms.map(({ alarm_name, threshold }) => [alarm_name, threshold])).toEqual([
    // 80 % of 20 s, in milliseconds.
    ["groundplan-dev-api-duration", 16_000],
    ["groundplan-dev-api-errors", 5],
    ["groundplan-dev-api-throttles", 0],
  ]);
  for (const alarm of alarms) {
    expect(alarm).toMatchObject({ alarm_actions: ["arn:topic"], treat_missing_data: "notBreaching" });
    expect(JSON.stringify(alarm)).toContain('"Resource":"groundplan-dev-api:live"');
  }
});

test("grants add to the policy, whenever they are made", () => {
  const stack = functionWith({ tracing: false, deadLetters: "none" }, (made) => {
    made.grantReadParameters("/groundplan/dev/network", "plain");
    made.grantReadSecret("arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf");
    made.grantReadObjects("arn:aws:s3:::data", "in/");
    made.grantSend("arn:aws:sqs:us-east-1:123456789012:jobs");
  });
  const [, ...granted] = statementsOf(stack, "aws_iam_role_policy");
  expect(granted.map(({ Resource }) => Resource)).toEqual([
    [
      "arn:aws:ssm:us-east-1:123456789012:parameter/groundplan/dev/network",
      "arn:aws:ssm:us-east-1:123456789012:parameter/plain",
    ],
    "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf",
    "arn:aws:s3:::data/in/*",
    "arn:aws:sqs:us-east-1:123456789012:jobs",
  ]);
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

test.each<[string, Invoker]>([
  ["a service without a resource", { service: "events.amazonaws.com", sourceArn: "*" }],
  ["a service that is none", { service: "example.com", sourceArn: RULE }],
  ["everybody", { arn: "*" }],
  ["an account that is none", { account: "12" }],
])("%s cannot be let call", (_, invoker) => {
  expect(faultsOf((scope) => makeFunction(scope).grantInvoke("x", invoker))).not.toBe("");
});

test.each<[string, Partial<ArtifactFunctionProps>, RegExp]>([
  ["a name", { functionName: "a b" }, /Lambda function name "a b" may hold only/],
  ["memory", { memoryMb: 64 }, /memoryMb is 64/],
  ["a timeout", { timeoutSeconds: 901 }, /timeoutSeconds is 901/],
  ["concurrency", { reservedConcurrency: -2 }, /reservedConcurrency is -2/],
  ["retention", { logRetentionDays: 31 }, /logRetentionDays is 31/],
  ["an empty VPC", { vpc: { subnetIds: ["subnet-1"], securityGroupIds: [] } }, /vpc has no subnets or no/],
  ["a variable's name", { environment: { "LOG-LEVEL": "debug" } }, /"LOG-LEVEL" may hold only/],
  ["Lambda's own variable", { environment: { AWS_REGION: "eu-west-1" } }, /AWS_REGION is set by Lambda/],
  ["a secret in the open", { environment: { DB_PASSWORD: "x" } }, /DB_PASSWORD says that it holds a secret/],
  ["an error rate", { alarms: { errorPercent: 101 } }, /errorPercent is 101/],
  ["throttles", { alarms: { throttles: -1 } }, /throttles is -1/],
  ["a share of the timeout", { alarms: { durationPercent: 0 } }, /durationPercent is 0/],
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
