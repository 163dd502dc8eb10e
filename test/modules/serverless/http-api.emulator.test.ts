import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer, request, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type Dimension,
  GetMetricStatisticsCommand,
  PutMetricAlarmCommand,
} from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateListenerCommand,
  type CreateListenerCommandInput,
  CreateLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { LambdaClient, PutFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import {
  CreateBucketCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { AcmCertificate } from "@cdktf/provider-aws/lib/acm-certificate";
import { Apigatewayv2ApiMapping } from "@cdktf/provider-aws/lib/apigatewayv2-api-mapping";
import { Apigatewayv2DomainName } from "@cdktf/provider-aws/lib/apigatewayv2-domain-name";
import { Route53Zone } from "@cdktf/provider-aws/lib/route53-zone";
import { awsProvider } from "@groundplan/modules/core";
import { TerraformOutput, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { zip } from "../../../cli/artifact/lambda/zip";
import { Pins } from "../../../cli/artifact/pins";
import { publish } from "../../../cli/artifact/publish";
import { ArtifactStore } from "../../../cli/artifact/store";
import { type Emulator, startEmulator } from "../../emulator";
import { Deployment } from "../network/deployment";
import { CALLERS_CODE, type CallersPlace, callersStack, GREETING, LAYER } from "./callers";
import { makeApi, makeFunction } from "./fixtures";

const PLACE = { account: "123456789012", region: "us-east-1" };
const LOCATION = { bucket: "artifacts-of-the-api", region: PLACE.region };
const AUDIENCE = "my-app";
const DOMAIN = "api.example.com";

/** Says who asks, fails when it is asked to, and takes its time to say how it is. */
const CODE = `exports.handler = async (event) => {
  if (event.rawPath === "/broken") throw new TypeError("a secret of the function");
  if (event.rawPath === "/health") await new Promise((resolve) => setTimeout(resolve, 20));
  return { statusCode: 200, body: JSON.stringify(event.requestContext.authorizer?.jwt.claims.sub ?? "anybody") };
};`;

/** Log of the function that everything calls, and what it says of it there. */
const CALLERS_LOG = "/aws/lambda/groundplan-dev-callers";
const SEEN = /seen [a-z:]+ [\w-]+/g;

const before = { ...process.env };
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
let emulator: Emulator;
let deployment: Deployment;
let issuer: Server;

/** Where the API says that it is. */
let url: URL;

/** Where the issuer of the tokens is found. */
const issuerUrl = () => {
  const address = issuer.address();
  return `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
};

/** An API with a token, a public and a broken route; beside it one with a name of its own. */
function stack(): TerraformStack {
  const made = new TerraformStack(Testing.app(), "api");
  awsProvider(made, PLACE).maxRetries = 2;
  const target = makeFunction(made);
  // A variable, since an issuer that is written out is to be https.
  const variable = new TerraformVariable(made, "issuer", { default: issuerUrl() });
  const api = makeApi(made, {
    routes: [
      { route: "GET /mine", function: target, access: "jwt" },
      { route: "GET /admin", function: target, access: "jwt", scopes: ["admin"] },
      { route: "GET /open", function: target, access: "public" },
      { route: "GET /broken", function: target, access: "public" },
    ],
    jwt: { issuer: variable.stringValue, audience: [AUDIENCE] },
    // A call more every quarter of an hour: no test is so slow that it would be let through.
    throttling: { ratePerSecond: 0.001, burst: 4 },
  });
  new TerraformOutput(made, "url", { value: api.url, staticId: true });
  const { arn: certificateArn } = new AcmCertificate(made, "certificate", {
    domainName: DOMAIN,
    validationMethod: "DNS",
  });
  const { zoneId: hostedZoneId } = new Route53Zone(made, "zone", { name: "example.com" });
  const named = makeApi(
    made,
    {
      name: "named",
      routes: [
        { route: "GET /open", function: target, access: "public" },
        { route: "GET /health", function: target, access: "public" },
      ],
      domain: { name: DOMAIN, certificateArn, hostedZoneId },
    },
    "named",
  );
  const [domain] = named.node.findAll().filter((one) => one instanceof Apigatewayv2DomainName);
  new Apigatewayv2ApiMapping(made, "mapping", {
    apiId: api.apiId,
    domainName: domain?.id ?? "",
    stage: "$default",
    apiMappingKey: "other/v1",
  });
  new TerraformOutput(made, "named-id", { value: named.apiId, staticId: true });
  return made;
}

beforeAll(async () => {
  emulator = await startEmulator();
  Object.assign(process.env, emulator.environment);
  issuer = createServer((asked, response) => {
    const keys = [{ ...publicKey.export({ format: "jwk" }), kid: "one", alg: "RS256", use: "sig" }];
    const isKeys = asked.url === "/keys";
    response.end(
      JSON.stringify(isKeys ? { keys } : { issuer: issuerUrl(), jwks_uri: `${issuerUrl()}/keys` }),
    );
  });
  await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
  const s3 = new S3Client({ forcePathStyle: true });
  const { bucket: Bucket } = LOCATION;
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  await pin("api", CODE);
  deployment = new Deployment(emulator);
  await deployment.use(stack());
  await deployment.apply();
  url = new URL(JSON.parse(await deployment.output("url")));
});

afterAll(async () => {
  process.env = before;
  deployment?.remove();
  issuer?.close();
  await emulator?.stop();
});

/** Publishes the code of a service and pins it in dev. */
async function pin(service: string, source: string): Promise<void> {
  const store = new ArtifactStore(LOCATION);
  const made = zip({ "index.js": Buffer.from(source) });
  const { artifact } = await publish(store, { ...made, service, file: "", commit: "one", warnings: [] });
  const place = { ...PLACE, environment: "dev", service, parameter: `/groundplan/dev/${service}/artifact` };
  await new Pins(store, place).pin(artifact);
}

/** A token of the issuer, or of somebody with another key. */
function token(change: object = {}, key: KeyObject = privateKey): string {
  const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuerUrl(), aud: AUDIENCE, sub: "somebody", iat: now, exp: now + 60, ...change };
  const text = `${encoded({ alg: "RS256", kid: "one" })}.${encoded(claims)}`;
  return `${text}.${createSign("RSA-SHA256").update(text).sign(key).toString("base64url")}`;
}

/** Asks the API at its own address, or at another host's. @returns status and body. */
function ask(
  path: string,
  bearer?: string,
  host = url.host,
): Promise<readonly [number | undefined, unknown]> {
  return askWith(path, { host, ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) });
}

/** Asks with headers. @returns status and body, the body in JSON. */
function askWith(
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<readonly [number | undefined, unknown]> {
  return new Promise((resolve, reject) => {
    const call = request({ host: "127.0.0.1", port: url.port, path, headers }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk);
      resolve([answer.statusCode, JSON.parse(Buffer.concat(chunks).toString())]);
    });
    call.on("error", reject).end();
  });
}

/** Looks until something is as it is to be, for ten minutes at most. @returns what was seen last. */
async function eventually<T>(look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  for (const begun = Date.now(); ; await sleep(200)) {
    const seen = await look();
    if (isSo(seen) || Date.now() - begun > 600_000) return seen;
  }
}

/** What lies in a log group, once there is so much. */
async function logged(logGroupName: string, least: number): Promise<readonly string[]> {
  const logs = new CloudWatchLogsClient({});
  const read = () => logs.send(new FilterLogEventsCommand({ logGroupName }));
  const { events = [] } = await eventually(read, ({ events = [] }) => events.length >= least);
  return events.map(({ message = "" }) => message);
}

test("a token authorizer and a domain of one's own: applied, the plan is empty", async () => {
  expect(await deployment.plan()).toEqual([]);
});

test("a route with a token lets its holder in, and nobody else", async () => {
  const refused = [401, { message: "Unauthorized" }];
  expect(await ask("/mine")).toEqual(refused);
  expect(await ask("/mine", token({ aud: "another-app" }))).toEqual(refused);
  expect(
    await ask("/mine", token({}, generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey)),
  ).toEqual(refused);
  expect(await ask("/mine", token())).toEqual([200, "somebody"]);
  expect(await ask("/admin", token({ scope: "reader" }))).toEqual([403, { message: "Forbidden" }]);
  expect(await ask("/admin", token({ exp: 1 }))).toEqual(refused);
  expect(await ask("/admin", token({ scope: "reader admin" }))).toEqual([200, "somebody"]);
});

test("what a function threw stays inside, and stands in its log", async () => {
  expect(await ask("/broken")).toEqual([500, { message: "Internal Server Error" }]);
  const lines = await logged("/aws/lambda/groundplan-dev-api", 10);
  expect(lines.join("\n")).toContain("TypeError: a secret of the function");
});

test("a call too many is answered as by AWS, and each has its line in the access log", async () => {
  const answers = [];
  for (let call = 0; call < 5; call += 1) answers.push(await ask("/open"));
  expect(answers.slice(0, 4)).toEqual(Array(4).fill([200, "anybody"]));
  expect(answers[4]).toEqual([429, { message: "Too Many Requests" }]);
  const lines = (await logged("/aws/vendedlogs/apis/groundplan-dev-api", 13)).map((line) => JSON.parse(line));
  expect(lines).toHaveLength(13);
  const of = (status: string) => lines.filter((line) => line.status === status);
  expect(of("401")).toHaveLength(4);
  expect(of("429")).toMatchObject([
    { method: "GET", path: "/open", route: "GET /open", error: "Too Many Requests", integrationStatus: "-" },
  ]);
  expect(of("500")).toMatchObject([
    {
      error: "Internal Server Error",
      integrationStatus: "200",
      integrationError: "a secret of the function",
    },
  ]);
  expect(of("200")[0]).toMatchObject({ ip: "127.0.0.1", bytes: "10", error: "-" });
});

test("a domain of one's own leads to its API, as a key in its path to another one", async () => {
  const at = (path: string, host = `${DOMAIN}:${url.port}`) => ask(path, undefined, host);
  expect(await at("/open")).toEqual([200, "anybody"]);
  expect(await at("/health", DOMAIN.toUpperCase())).toEqual([200, "anybody"]);
  expect(await at(`http://${DOMAIN}/health`, "127.0.0.1")).toEqual([200, "anybody"]);
  expect(await at("/mine")).toEqual([404, { message: "Not Found" }]);
  expect(await at("/other/v1/admin")).toEqual([401, { message: "Unauthorized" }]);
});

test("a function that is throttled is a fault of the API: 500, in its metrics, and an alarm goes on", async () => {
  // GIVEN
  const cloudwatch = new CloudWatchClient({});
  const ApiId = JSON.parse(await deployment.output("named-id"));
  const metric = (MetricName: string) => ({
    Namespace: "AWS/ApiGateway",
    MetricName,
    Dimensions: [{ Name: "ApiId", Value: ApiId }],
  });
  const alarm = {
    AlarmName: "faults",
    Statistic: "Sum",
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 0,
  } as const;
  const above = { ComparisonOperator: "GreaterThanThreshold", TreatMissingData: "notBreaching" } as const;
  await cloudwatch.send(new PutMetricAlarmCommand({ ...metric("5xx"), ...alarm, ...above }));
  const FunctionName = "groundplan-dev-api";
  const limit = { FunctionName, ReservedConcurrentExecutions: 0 };
  await new LambdaClient({}).send(new PutFunctionConcurrencyCommand(limit));
  // WHEN
  const refused = await ask("/open", undefined, DOMAIN);
  // THEN
  expect(refused).toEqual([500, { message: "Internal Server Error" }]);
  const total = async (
    of: "Sum" | "SampleCount",
    name: string,
    Dimensions: Dimension[] = metric(name).Dimensions,
  ) => {
    const now = Date.now();
    const times = { StartTime: new Date(now - 900_000), EndTime: new Date(now + 60_000), Period: 3600 };
    const asked = { ...metric(name), Dimensions, ...times, Statistics: [of] };
    const { Datapoints = [] } = await cloudwatch.send(new GetMetricStatisticsCommand(asked));
    return Datapoints.reduce((sum, point) => sum + (point[of] ?? 0), 0);
  };
  const sum = (name: string, dimensions?: Dimension[]) => total("Sum", name, dimensions);
  // Three calls of the test before this one, one for a route that is not there, and the refused one.
  const calls = [5, 1, 1];
  const counts = () => Promise.all(["Count", "4xx", "5xx"].map((name) => sum(name)));
  expect(await eventually(counts, (seen) => seen.join() === calls.join())).toEqual(calls);
  const stage = [...metric("").Dimensions, { Name: "Stage", Value: "$default" }];
  expect(await sum("Count", stage)).toBe(5);
  // Whole milliseconds, which a quick API may not exceed its function's by; a route that is not there has no function.
  const latencies = ["Latency", "IntegrationLatency"];
  expect(await Promise.all(latencies.map((name) => total("SampleCount", name)))).toEqual([5, 4]);
  expect(await sum("IntegrationLatency")).toBeGreaterThan(0);
  expect(await sum("Latency")).toBeGreaterThanOrEqual(await sum("IntegrationLatency"));
  const on = async () => {
    const { MetricAlarms = [] } = await cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames: ["faults"] }),
    );
    return MetricAlarms[0]?.StateValue;
  };
  expect(await eventually(on, (state) => state === "ALARM")).toBe("ALARM");
});

/** A load balancer in the VPC of the account, made beforehand: the provider would wait a minute for it. */
async function privateListener(): Promise<Omit<CallersPlace, "bucket">> {
  const { Subnets = [] } = await new EC2Client({}).send(new DescribeSubnetsCommand({}));
  const subnetIds = Subnets.slice(0, 2).map(({ SubnetId = "" }) => SubnetId);
  const balancing = new ElasticLoadBalancingV2Client({});
  const balancer = { Name: "shop", Scheme: "internal", Subnets: subnetIds } as const;
  const { LoadBalancers = [] } = await balancing.send(new CreateLoadBalancerCommand(balancer));
  const listener: CreateListenerCommandInput = {
    LoadBalancerArn: LoadBalancers[0]?.LoadBalancerArn,
    Port: 80,
    Protocol: "HTTP",
    DefaultActions: [
      { Type: "fixed-response", FixedResponseConfig: { StatusCode: "200", MessageBody: '"the shop"' } },
    ],
  };
  const { Listeners = [] } = await balancing.send(new CreateListenerCommand(listener));
  const vpcLink = { vpcId: Subnets[0]?.VpcId ?? "", vpcCidr: "172.31.0.0/16", subnetIds };
  return { vpcLink, listenerArn: Listeners[0]?.ListenerArn ?? "" };
}

/** Puts a record into a stream. The emulator asks for no signature. */
async function click(data: string, PartitionKey: string): Promise<void> {
  const scope = `${PLACE.account}/20260101/${PLACE.region}/kinesis/aws4_request`;
  const headers = {
    authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "Kinesis_20131202.PutRecord",
  };
  const record = {
    StreamName: "groundplan-dev-clicks",
    Data: Buffer.from(data).toString("base64"),
    PartitionKey,
  };
  const body = JSON.stringify(record);
  const { status } = await fetch(process.env.AWS_ENDPOINT_URL ?? "", { method: "POST", headers, body });
  expect(status).toBe(200);
}

test("a queue, streams, a schedule, an address and a private service: applied, called, changed in place, destroyed", async () => {
  // GIVEN
  const layer = { Bucket: LOCATION.bucket, Key: "layer.zip", Body: zip(LAYER).bytes };
  await new S3Client({ forcePathStyle: true }).send(new PutObjectCommand(layer));
  await pin("callers", CALLERS_CODE);
  const place = { bucket: LOCATION.bucket, ...(await privateListener()) };
  const callers = new Deployment(emulator);
  try {
    // WHEN
    await callers.use(callersStack(place));
    await callers.apply();
    // THEN
    expect(await callers.plan()).toEqual([]);

    const read = async (name: string): Promise<string> => JSON.parse(await callers.output(name));
    const { host } = new URL(await read("api-url"));
    expect(await askWith("/shop", { host })).toEqual([200, "the shop"]);
    expect(await askWith("/mine", { host, authorization: "sesame" })).toEqual([200, [GREETING, "somebody"]]);
    expect(await askWith("/mine", { host, authorization: "guessed" })).toEqual([
      403,
      { message: "Forbidden" },
    ]);
    expect(await askWith("/mine", { host })).toEqual([401, { message: "Unauthorized" }]);
    const { host: address } = new URL(await read("function-url"));
    expect(await askWith("/", { host: address })).toEqual([403, { Message: "Forbidden" }]);

    await click("unwanted", "other");
    await click("a-click", "wanted");
    const QueueUrl = await read("queue-url");
    const Entries = ["good", "bad"].map((body) => ({ Id: body, MessageBody: body }));
    await new SQSClient({}).send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    const seen = async () =>
      [...new Set((await logged(CALLERS_LOG, 1)).flatMap((line) => line.match(SEEN) ?? []))].sort();
    const wanted = [
      "aws:dynamodb an-order",
      "aws:kinesis a-click",
      "aws:sqs bad",
      "aws:sqs good",
      "schedule nightly",
    ];
    const all = wanted.map((what) => `seen ${what}`);
    expect(await eventually(seen, (found) => found.join() === all.join())).toEqual(all);

    await callers.use(callersStack(place, { batchSize: 6, warm: 2, every: "rate(2 minutes)" }));
    const changed = (await callers.plan()).map(
      ({ address: at, actions }) => `${at.split(".")[0]} ${actions}`,
    );
    expect(changed.sort()).toEqual([
      "aws_appautoscaling_target update",
      "aws_lambda_event_source_mapping update",
      "aws_scheduler_schedule update",
    ]);
    await callers.apply();
    expect(await callers.plan()).toEqual([]);

    // What the batch did is gone; what it did not do is in the queue for another time.
    const AttributeNames = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
    const left = async () => {
      const asked = { QueueUrl, AttributeNames: [...AttributeNames] };
      const { Attributes = {} } = await new SQSClient({}).send(new GetQueueAttributesCommand(asked));
      return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name]), 0);
    };
    expect(await eventually(left, (messages) => messages === 1)).toBe(1);
    await callers.destroy();
  } finally {
    callers.remove();
  }
}, 900_000);
