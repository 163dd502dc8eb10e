import type { HttpApi, HttpApiProps } from "@groundplan/modules/serverless";
import { TerraformOutput, Token } from "cdktf";
import type { Construct } from "constructs";
import { synthesized } from "../network/synthesized";
import { faultsOf, makeApi, makeFunction } from "./fixtures";

const apiWith = (change: (scope: Construct) => Partial<HttpApiProps> = () => ({})) =>
  synthesized((scope) => makeApi(scope, change(scope)));

const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd";
const JWT = { issuer: "https://login.example.com", audience: ["app"] };

test("routes go to the alias, and only this API may call it", () => {
  const stack = apiWith();
  const api = stack.address("aws_apigatewayv2_api", "http/api");
  expect(stack.one("aws_apigatewayv2_integration")).toMatchObject({
    integration_uri: `\${${stack.address("aws_lambda_alias", "api/alias")}.invoke_arn}`,
    payload_format_version: "2.0",
    timeout_milliseconds: 11_000,
  });
  expect(stack.one("aws_lambda_permission")).toMatchObject({
    principal: "apigateway.amazonaws.com",
    source_arn: `\${${api}.execution_arn}/*/*`,
  });
  expect(stack.one("aws_apigatewayv2_route")).toMatchObject({
    route_key: "GET /health",
    authorization_type: "NONE",
  });
});

test("the stage deploys by itself, is throttled, and logs who called", () => {
  const stack = apiWith();
  const stage = stack.one("aws_apigatewayv2_stage");
  expect(stage).toMatchObject({
    name: "$default",
    auto_deploy: true,
    default_route_settings: { throttling_rate_limit: 50, throttling_burst_limit: 100 },
  });
  const { format } = stage.access_log_settings as { format: string };
  expect(JSON.parse(format)).toMatchObject({ requestId: "$context.requestId", status: "$context.status" });
  expect(stack.one("aws_cloudwatch_log_group", "http/access-logs").name).toBe(
    "/aws/vendedlogs/apis/groundplan-dev-api",
  );
});

test("one function has one integration and one permission, whatever its routes", () => {
  const stack = apiWith((scope) => {
    const target = makeFunction(scope);
    return {
      jwt: JWT,
      routes: [
        { route: "GET /health", function: target, access: "public" },
        { route: "POST /orders", function: target, access: "jwt", scopes: ["orders:write"] },
        { route: "$default", function: target, access: "iam" },
      ],
    };
  });
  expect(stack.paths("aws_apigatewayv2_integration")).toHaveLength(1);
  expect(stack.paths("aws_lambda_permission")).toHaveLength(1);
  expect(stack.one("aws_apigatewayv2_authorizer")).toMatchObject({
    authorizer_type: "JWT",
    jwt_configuration: JWT,
  });
  expect(Object.values(stack.all("aws_apigatewayv2_route"))).toMatchObject([
    { authorization_type: "NONE" },
    {
      authorization_type: "JWT",
      authorizer_id: `\${${stack.address("aws_apigatewayv2_authorizer", "http/jwt")}.id}`,
      authorization_scopes: ["orders:write"],
    },
    { authorization_type: "AWS_IAM" },
  ]);
});

test("with a domain of one's own the name that AWS gives is off", () => {
  expect(apiWith().one("aws_apigatewayv2_api").disable_execute_api_endpoint).toBe(false);
  const domain = { name: "api.example.com", certificateArn: CERTIFICATE, hostedZoneId: "Z1" };
  const stack = apiWith(() => ({ domain }));
  expect(stack.one("aws_apigatewayv2_api").disable_execute_api_endpoint).toBe(true);
  expect(stack.one("aws_apigatewayv2_domain_name").domain_name_configuration).toMatchObject({
    security_policy: "TLS_1_2",
    certificate_arn: CERTIFICATE,
  });
  expect(stack.one("aws_route53_record")).toMatchObject({
    name: "api.example.com",
    type: "A",
    zone_id: "Z1",
  });
});

test("a domain in another DNS gets no record, and says what one has to point at", () => {
  const target = (domain: HttpApiProps["domain"]) => {
    let found: HttpApi["domainTarget"];
    const stack = synthesized((scope) => {
      found = makeApi(scope, domain === undefined ? {} : { domain }).domainTarget;
      if (found) new TerraformOutput(scope, "target", { value: found.domainName });
    });
    return { found, stack };
  };
  expect(target(undefined).found).toBeUndefined();
  const { found, stack } = target({ name: "api.example.com", certificateArn: CERTIFICATE });
  expect(stack.paths("aws_route53_record")).toEqual([]);
  expect(stack.paths("aws_apigatewayv2_api_mapping")).toHaveLength(1);
  expect(Token.isUnresolved(found?.domainName) && Token.isUnresolved(found?.hostedZoneId)).toBe(true);
});

test("pages of named origins may call, with GET only unless more is said", () => {
  const origins = ["https://app.example.com"];
  expect(apiWith(() => ({ cors: { origins } })).one("aws_apigatewayv2_api").cors_configuration).toEqual({
    allow_origins: origins,
    allow_methods: ["GET", "HEAD", "OPTIONS"],
    allow_headers: ["authorization", "content-type"],
    allow_credentials: false,
    max_age: 3600,
  });
  expect(apiWith().one("aws_apigatewayv2_api").cors_configuration).toBeUndefined();
});

test.each<[string, (scope: Construct) => Partial<HttpApiProps>, RegExp]>([
  ["no route", () => ({ routes: [] }), /the API has no route/],
  [
    "a route that is none",
    (scope) => ({ routes: [{ route: "/health", function: makeFunction(scope), access: "public" }] }),
    /route "\/health" is not a method and a path/,
  ],
  [
    "a route twice",
    (scope) => {
      const route = { route: "GET /a", function: makeFunction(scope), access: "public" } as const;
      return { routes: [route, route] };
    },
    /route "GET \/a" is listed twice/,
  ],
  [
    "a token without an issuer",
    (scope) => ({ routes: [{ route: "GET /a", function: makeFunction(scope), access: "jwt" }] }),
    /asks for a token and the API has no issuer/,
  ],
  [
    "scopes without a token",
    (scope) => ({
      routes: [{ route: "GET /a", function: makeFunction(scope), access: "public", scopes: ["s"] }],
    }),
    /has scopes and asks for no token/,
  ],
  [
    "a function that outlasts the API",
    (scope) => ({
      routes: [{ route: "GET /a", function: makeFunction(scope, { timeoutSeconds: 31 }), access: "public" }],
    }),
    /may take 31 s, and the API gives up after 30/,
  ],
  ["an issuer that nobody uses", () => ({ jwt: JWT }), /no route asks for a token/],
  ["an issuer without TLS", () => ({ jwt: { ...JWT, issuer: "http://a" } }), /is not an https address/],
  ["tokens for anybody", () => ({ jwt: { ...JWT, audience: [] } }), /jwt has no audience/],
  ["no name", () => ({ name: "" }), /API name "" has 0 characters/],
  ["a long name", () => ({ name: "a".repeat(129) }), /API name "a+" has 129 characters/],
  ["no throttling", () => ({ throttling: { ratePerSecond: 0, burst: 1 } }), /throttling lets 0 calls/],
  ["no burst", () => ({ throttling: { ratePerSecond: 1, burst: 0 } }), /and 0 at once through/],
  ["half a burst", () => ({ throttling: { ratePerSecond: 1, burst: 1.5 } }), /and 1.5 at once through/],
  ["an error rate", () => ({ alarms: { serverErrorPercent: 101 } }), /serverErrorPercent is 101/],
  ["no latency", () => ({ alarms: { latencyMs: 0 } }), /latencyMs is 0/],
  ["a latency that the API cuts", () => ({ alarms: { latencyMs: 30_001 } }), /latencyMs is 30001/],
  [
    "a role for a topic",
    () => ({ alarms: { topicArns: ["arn:aws:iam::123456789012:role/a"] } }),
    /an SNS topic/,
  ],
  ["retention", () => ({ logRetentionDays: 2 }), /logRetentionDays is 2/],
  ["an origin with a path", () => ({ cors: { origins: ["https://a.b/c"] } }), /CORS origin/],
  ["cookies for all", () => ({ cors: { origins: ["*"], credentials: true } }), /every origin send cookies/],
  ["half a second", () => ({ cors: { origins: [], maxAgeSeconds: 0.5 } }), /maxAgeSeconds is 0.5/],
  ["an origin without a scheme", () => ({ cors: { origins: ["a.b"] } }), /CORS origin "a.b" is not valid/],
  ["an age", () => ({ cors: { origins: [], maxAgeSeconds: 86_401 } }), /maxAgeSeconds is 86401/],
  [
    "a domain",
    () => ({ domain: { name: "api", certificateArn: CERTIFICATE } }),
    /domain "api" is not the name/,
  ],
  [
    "a wildcard",
    () => ({ domain: { name: "*.example.com", certificateArn: CERTIFICATE } }),
    /domain "\*\.example\.com" is not the name of one host/,
  ],
  [
    "a zone that is none",
    () => ({ domain: { name: "a.example.com", certificateArn: CERTIFICATE, hostedZoneId: "" } }),
    /hostedZoneId "" is not the id of a hosted zone/,
  ],
  [
    "a certificate",
    () => ({ domain: { name: "a.example.com", certificateArn: "arn:aws:iam::1:x" } }),
    /not the ARN of an ACM certificate/,
  ],
])("%s is refused", (_, change, message) => {
  expect(faultsOf((scope) => makeApi(scope))).toBe("");
  expect(faultsOf((scope) => makeApi(scope, change(scope)))).toMatch(message);
});
