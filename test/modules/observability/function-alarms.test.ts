import type { ArtifactFunctionProps } from "@groundplan/modules/serverless";
import { synthesized } from "../network/synthesized";
import { makeFunction } from "../serverless/fixtures";

const functionWith = (change: Partial<ArtifactFunctionProps> = {}) =>
  synthesized((scope) => makeFunction(scope, change));

const TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms";

test("alarms watch what the alias is asked, with thresholds of the function's own", () => {
  const stack = functionWith({ timeoutSeconds: 20, alarms: { errorPercent: 5, topicArns: [TOPIC] } });
  const alarms = Object.values(stack.all("aws_cloudwatch_metric_alarm"));
  expect(alarms.map(({ alarm_name, threshold }) => [alarm_name, threshold])).toEqual([
    // 80 % of 20 s, in milliseconds.
    ["groundplan-dev-api-duration", 16_000],
    ["groundplan-dev-api-errors", 5],
    ["groundplan-dev-api-throttles", 0],
    ["groundplan-dev-api-canary-duration", 16_000],
    ["groundplan-dev-api-canary-errors", 5],
  ]);
  for (const alarm of alarms) {
    expect(alarm).toMatchObject({ alarm_actions: [TOPIC], treat_missing_data: "notBreaching" });
    expect(JSON.stringify(alarm)).toContain('"Resource":"groundplan-dev-api:live"');
  }
});

test("two alarms see the newest version alone, and it is not called before they do", () => {
  const stack = functionWith();
  const version = `\${${stack.address("aws_lambda_function", "api/function")}.version}`;
  const dimensions = {
    FunctionName: "groundplan-dev-api",
    Resource: "groundplan-dev-api:live",
    ExecutedVersion: version,
  };
  const { metric_query, ...errors } = stack.one("aws_cloudwatch_metric_alarm", "api/canary/errors");
  expect(errors).toMatchObject({ threshold: 1, evaluation_periods: 5, datapoints_to_alarm: 2 });
  expect(metric_query).toMatchObject([
    { expression: "100 * errors / MAX([errors, calls])", return_data: true },
    { id: "errors", metric: { metric_name: "Errors", namespace: "AWS/Lambda", dimensions } },
    { id: "calls", metric: { metric_name: "Invocations", namespace: "AWS/Lambda", dimensions } },
  ]);
  expect(stack.one("aws_cloudwatch_metric_alarm", "api/canary/duration")).toMatchObject({
    metric_name: "Duration",
    extended_statistic: "p99",
    dimensions,
  });
  expect(stack.one("aws_lambda_alias").depends_on).toEqual([
    stack.address("aws_cloudwatch_metric_alarm", "api/canary/errors"),
    stack.address("aws_cloudwatch_metric_alarm", "api/canary/duration"),
  ]);
  // Those of the alias see all its versions together.
  expect(JSON.stringify(stack.one("aws_cloudwatch_metric_alarm", "api/alarms/errors"))).not.toContain(
    "ExecutedVersion",
  );
});
