import type { HttpApiProps } from "@groundplan/modules/serverless";
import { Construct } from "constructs";
import { synthesized } from "../network/synthesized";
import { makeApi, makeFunction } from "../serverless/fixtures";

const apiWith = (change: (scope: Construct) => Partial<HttpApiProps>) =>
  synthesized((scope) => makeApi(scope, change(scope)));

test("alarms see what callers get: 5xx of which no function knows, and how long they wait", () => {
  const alarms = { serverErrorPercent: 5, topicArns: ["arn:aws:sns:us-east-1:123456789012:alarms"] };
  const stack = apiWith((scope) => ({
    alarms,
    routes: ["GET /a", "GET /b"].map((route, index) => ({
      route,
      function: makeFunction(new Construct(scope, `f${index}`), {
        functionName: `f${index}`,
        timeoutSeconds: 5 * (index + 1),
      }),
      access: "public" as const,
    })),
  }));
  const dimensions = { ApiId: `\${${stack.address("aws_apigatewayv2_api", "http/api")}.id}` };
  expect(stack.one("aws_cloudwatch_metric_alarm", "http/alarms/5xx")).toMatchObject({
    alarm_name: "groundplan-dev-api-http-5xx",
    threshold: 5,
    alarm_actions: alarms.topicArns,
    metric_query: [
      { return_data: true },
      { id: "errors", metric: { namespace: "AWS/ApiGateway", metric_name: "5xx", dimensions } },
      { id: "calls", metric: { namespace: "AWS/ApiGateway", metric_name: "Count", dimensions } },
    ],
  });
  // 80 % of the longer timeout of the two.
  const latency = { metric_name: "Latency", extended_statistic: "p99", threshold: 8000, dimensions };
  expect(stack.one("aws_cloudwatch_metric_alarm", "http/alarms/latency")).toMatchObject(latency);
  expect(
    apiWith(() => ({ alarms: { latencyMs: 500 } })).one("aws_cloudwatch_metric_alarm", "http/alarms/latency"),
  ).toMatchObject({ threshold: 500 });
});
