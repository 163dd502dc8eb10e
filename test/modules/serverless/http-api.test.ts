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
  const records = (ipv6?: boolean) =>
    Object.values(
      apiWith(() => ({ domain: { ...domain, ...(ipv6 === undefined ? {} : { ipv6 }) } })).all(
        "aws_route53_record",
      ),
    )
      .map(({ name, type, zone_id }) => [name, type, zone_id])
      .sort();
  expect(records()).toEqual([
    ["api.example.com", "A", "Z1"],
    ["api.example.com", "AAAA", "Z1"],
  ]);
  expect(stack.one("aws_apigatewayv2_domain_name").domain_name_configuration).toMatchObject({
    ip_address_type: "dualstack",
  });
  // A record of IPv6 that nobody answers would hold up every client.
  expect(records(false)).toEqual([["api.example.com", "A", "Z1"]]);
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

test("a function says who may call, and what it said of one route counts for no other", () => {
  const stack = apiWith((scope) => {
    const guard = makeFunction(scope, { functionName: "guard" }, "guard");
    return {
      authorizer: { function: guard, cacheSeconds: 60, headers: ["X-Api-Key"] },
      routes: [{ route: "GET /mine", function: makeFunction(scope), access: "function" }],
    };
  });
  const authorizer = stack.address("aws_apigatewayv2_authorizer", "http/authorizer");
  expect(stack.one("aws_apigatewayv2_authorizer")).toMatchObject({
    authorizer_type: "REQUEST",
    authorizer_uri: `\${${stack.address("aws_lambda_alias", "guard/alias")}.invoke_arn}`,
    authorizer_payload_format_version: "2.0",
    enable_simple_responses: true,
    authorizer_result_ttl_in_seconds: 60,
    identity_sources: ["$request.header.X-Api-Key", "$context.routeKey"],
  });
  expect(stack.one("aws_apigatewayv2_route")).toMatchObject({
    authorization_type: "CUSTOM",
    authorizer_id: `\${${authorizer}.id}`,
  });
  expect(stack.one("aws_lambda_permission", "guard/invoke-authorizer-of-http")).toMatchObject({
    principal: "apigateway.amazonaws.com",
    source_arn: `\${${stack.address("aws_apigatewayv2_api", "http/api")}.execution_arn}/authorizers/\${${authorizer}.id}`,
  });
});

const LINK = { vpcId: "vpc-1", vpcCidr: "10.0.0.0/16", subnetIds: ["subnet-1"] };
const LISTENER = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/shop/1/2";

test("a service of a VPC answers by a link that calls nothing beyond the VPC", () => {
  const service = { name: "shop", listenerArn: LISTENER, serverName: "shop.example.com" };
  const stack = apiWith(() => ({
    vpcLink: LINK,
    routes: [
      { route: "GET /shop", service, access: "iam" },
      { route: "POST /shop", service, access: "iam" },
    ],
  }));
  const link = stack.address("aws_apigatewayv2_vpc_link", "http/vpc-link/link");
  expect(stack.one("aws_apigatewayv2_integration")).toMatchObject({
    integration_type: "HTTP_PROXY",
    integration_method: "ANY",
    integration_uri: LISTENER,
    connection_type: "VPC_LINK",
    connection_id: `\${${link}.id}`,
    payload_format_version: "1.0",
    timeout_milliseconds: 30_000,
    tls_config: { server_name_to_verify: "shop.example.com" },
  });
  expect(stack.one("aws_vpc_security_group_egress_rule")).toMatchObject({ cidr_ipv4: "10.0.0.0/16" });
  expect(stack.paths("aws_lambda_permission")).toEqual([]);
});

const SHOP = { name: "shop", listenerArn: LISTENER };

test.each<[string, (scope: Construct) => Partial<HttpApiProps>, RegExp]>([
  [
    "a route that nobody answers",
    () => ({ routes: [{ route: "GET /a", access: "public" }] }),
    /route "GET \/a" has nobody who answers/,
  ],
  [
    "a route that two answer",
    (scope) => ({
      vpcLink: LINK,
      routes: [{ route: "GET /a", function: makeFunction(scope), service: SHOP, access: "public" }],
    }),
    /has a function and a service/,
  ],
  [
    "an authorizer that is none",
    (scope) => ({ routes: [{ route: "GET /a", function: makeFunction(scope), access: "function" }] }),
    /asks a function who may call, and the API has none/,
  ],
  [
    "an authorizer that nobody asks",
    (scope) => ({ authorizer: { function: makeFunction(scope, { functionName: "g" }, "g") } }),
    /authorizer is set and no route asks it/,
  ],
  [
    "a slow authorizer",
    (scope) => ({ authorizer: { function: makeFunction(scope, { timeoutSeconds: 11 }, "g") } }),
    /the authorizer may take 11 s, and the API gives up after 10/,
  ],
  [
    "an authorizer for nobody's calls",
    (scope) => ({ authorizer: { function: makeFunction(scope, {}, "g"), headers: [] } }),
    /authorizer.headers is empty/,
  ],
  [
    "a header",
    (scope) => ({ authorizer: { function: makeFunction(scope, {}, "g"), headers: ["a b"] } }),
    /"a b" is not the name of a header/,
  ],
  [
    "a long memory",
    (scope) => ({ authorizer: { function: makeFunction(scope, {}, "g"), cacheSeconds: 3601 } }),
    /authorizer.cacheSeconds is 3601/,
  ],
  [
    "a service without a way",
    () => ({ routes: [{ route: "GET /a", service: SHOP, access: "iam" }] }),
    /service "shop" is in a VPC, and the API has no way into one/,
  ],
  ["a way to nowhere", () => ({ vpcLink: LINK }), /vpcLink is set and no route goes there/],
  ["a way from nowhere", () => ({ vpcLink: { ...LINK, subnetIds: [] } }), /vpcLink has no subnets/],
  [
    "a target group",
    () => ({
      vpcLink: LINK,
      routes: [{ route: "GET /a", service: { ...SHOP, listenerArn: "arn:aws:iam::1:x" }, access: "iam" }],
    }),
    /is not a listener of a load balancer/,
  ],
  [
    "a slow service",
    () => ({
      vpcLink: LINK,
      routes: [{ route: "GET /a", service: { ...SHOP, timeoutSeconds: 31 }, access: "iam" }],
    }),
    /timeoutSeconds of service "shop" is 31/,
  ],
  [
    "two services of a name",
    () => ({
      vpcLink: LINK,
      routes: [
        { route: "GET /a", service: SHOP, access: "iam" },
        { route: "GET /b", service: { ...SHOP, listenerArn: `${LISTENER}0` }, access: "iam" },
      ],
    }),
    /service "shop" has two listeners/,
  ],
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
