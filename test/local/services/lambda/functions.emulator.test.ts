import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeImagesCommand, ECRClient } from "@aws-sdk/client-ecr";
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  type LoggingConfig,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from "@aws-sdk/client-lambda";
import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { zip } from "../../../../cli/artifact/lambda/zip";
import { type Emulator, startEmulator } from "../../../emulator";
import { temporaryFolder } from "../../../temporary-folder";
import { pushImage } from "../../push-image";

const FunctionName = "weighted";

let emulator: Emulator;
let lambda: LambdaClient;
let cloudwatch: CloudWatchClient;
let logs: CloudWatchLogsClient;

/** Code that says which it is, and fails when it is asked to. */
const code = (name: string) =>
  zip({
    "index.js": Buffer.from(
      `exports.handler = async (event) => { console.log("heard " + event.say); if (event.fail) throw new TypeError("as asked"); return "${name}"; };`,
    ),
  }).bytes;

beforeAll(async () => {
  emulator = await startEmulator();
  const { AWS_ENDPOINT_URL: endpoint = "", AWS_REGION: region = "" } = emulator.environment;
  const credentials = { accessKeyId: "groundplan-local", secretAccessKey: "x" };
  lambda = new LambdaClient({ endpoint, region, credentials, maxAttempts: 1 });
  cloudwatch = new CloudWatchClient({ endpoint, region, credentials });
  logs = new CloudWatchLogsClient({ endpoint, region, credentials });
  const Role = "arn:aws:iam::123456789012:role/weighted";
  const common = { FunctionName, Role, Handler: "index.handler", Runtime: "nodejs22.x" as const };
  await lambda.send(new CreateFunctionCommand({ ...common, Code: { ZipFile: code("one") } }));
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60 }, { FunctionName });
  await lambda.send(new PublishVersionCommand({ FunctionName }));
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: code("two") }));
  await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 60 }, { FunctionName });
  await lambda.send(new PublishVersionCommand({ FunctionName }));
  await lambda.send(new CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion: "1" }));
});

afterAll(async () => emulator?.stop());

async function invoke(event: object, Qualifier = "live") {
  const answer = await lambda.send(
    new InvokeCommand({ FunctionName, Qualifier, Payload: JSON.stringify(event), LogType: "Tail" }),
  );
  return { ...answer, payload: JSON.parse(answer.Payload?.transformToString() ?? "null") };
}

/** Which versions answered so many calls of the alias. */
async function answered(calls: number): Promise<ReadonlySet<unknown>> {
  const answers = new Set();
  for (let call = 0; call < calls; call += 1) answers.add((await invoke({})).payload);
  return answers;
}

const weigh = (weights: Record<string, number>) =>
  lambda.send(
    new UpdateAliasCommand({
      FunctionName,
      Name: "live",
      RoutingConfig: { AdditionalVersionWeights: weights },
    }),
  );

test("logs in JSON have the level INFO where none is given, as AWS answers it", async () => {
  const configure = async (LoggingConfig: LoggingConfig) => {
    const answer = await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, LoggingConfig }));
    await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 60 }, { FunctionName });
    return answer.LoggingConfig;
  };
  expect(await configure({ LogFormat: "JSON", SystemLogLevel: "WARN" })).toMatchObject({
    ApplicationLogLevel: "INFO",
    SystemLogLevel: "WARN",
  });
  expect(await configure({ LogFormat: "Text" })).toEqual({ LogFormat: "Text" });
});

test("an alias without weights goes to its version", async () => {
  expect(await answered(5)).toEqual(new Set(["one"]));
});

test("with weights both versions answer, and the answer says which", async () => {
  await weigh({ 2: 0.5 });
  // A share of one half misses in forty calls once in a million millions.
  expect(await answered(40)).toEqual(new Set(["one", "two"]));
  const { payload, ExecutedVersion } = await invoke({});
  expect(ExecutedVersion).toBe(payload === "one" ? "1" : "2");
  expect((await invoke({}, "2")).payload).toBe("two");
});

test("a weight of nearly all, and none again", async () => {
  await weigh({ 2: 0.999999999 });
  expect(await answered(5)).toEqual(new Set(["two"]));
  await weigh({});
  expect(await answered(5)).toEqual(new Set(["one"]));
});

test("a function's own error has the form of AWS's, and what it wrote is in the log", async () => {
  const { FunctionError, payload, LogResult } = await invoke({ fail: true, say: "hello" });
  expect(FunctionError).toBe("Unhandled");
  expect(payload).toMatchObject({ errorType: "TypeError", errorMessage: "as asked" });
  expect(Buffer.from(LogResult ?? "", "base64").toString()).toContain("heard hello");
});

/** Makes an alarm on what an alias of the function is asked, off at first. */
async function alarm(AlarmName: string, change: Partial<PutMetricAlarmCommandInput>): Promise<void> {
  const common = {
    EvaluationPeriods: 1,
    ComparisonOperator: "GreaterThanThreshold" as const,
    TreatMissingData: "notBreaching",
  };
  await cloudwatch.send(new PutMetricAlarmCommand({ AlarmName, ...common, ...change, Threshold: 1 }));
}

/** A metric of an alias, added up by the minute. */
const metric = (MetricName: string, alias = "live") => ({
  Namespace: "AWS/Lambda",
  MetricName,
  Dimensions: [
    { Name: "FunctionName", Value: FunctionName },
    { Name: "Resource", Value: `${FunctionName}:${alias}` },
  ],
});

/** Alarms that are on, with their reasons. */
async function on(): Promise<Readonly<Record<string, string>>> {
  const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ StateValue: "ALARM" }));
  return Object.fromEntries(MetricAlarms.map(({ AlarmName, StateReason }) => [AlarmName, StateReason]));
}

/**
 * Waits until all of these alarms have been on, and a look longer: for others that might be too. One stays on for a minute
 * at least, and goes off by itself.
 *
 * @returns All that were on meanwhile, with their reasons.
 */
async function untilOn(...names: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const seen: Record<string, string> = {};
  for (const begun = Date.now(); Date.now() - begun < 600_000; await sleep(500)) {
    Object.assign(seen, await on());
    if (names.every((name) => name in seen)) break;
  }
  await sleep(2500);
  return Object.assign(seen, await on());
}

test("a function of Python logs from the level that it sets, and its error has the form of AWS's", async () => {
  const source = `import logging
LOG = logging.getLogger()
LOG.setLevel(logging.INFO)

def handler(event, context):
    LOG.info("heard %s", event["say"])
    LOG.debug("not heard")
    raise KeyError("as asked")
`;
  const name = "logging";
  const Role = "arn:aws:iam::123456789012:role/logging";
  const Code = { ZipFile: zip({ "main.py": Buffer.from(source) }).bytes };
  const common = { Role, Handler: "main.handler", Runtime: "python3.13" as const };
  await lambda.send(new CreateFunctionCommand({ ...common, FunctionName: name, Code }));
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60 }, { FunctionName: name });
  const call = { FunctionName: name, Payload: '{"say":"hello"}', LogType: "Tail" as const };
  const { FunctionError, Payload, LogResult = "" } = await lambda.send(new InvokeCommand(call));
  expect(FunctionError).toBe("Unhandled");
  expect(JSON.parse(Payload?.transformToString() ?? "")).toEqual({
    errorMessage: "'as asked'",
    errorType: "KeyError",
    stackTrace: [expect.stringMatching(/^ {2}File ".*main\.py", line 8, in handler\n {4}raise KeyError/)],
  });
  const log = Buffer.from(LogResult, "base64").toString();
  expect(log).toMatch(/\[INFO\]\t[-0-9]+T[:0-9]+\.\d{3}Z\t[-0-9a-f]{36}\theard hello\n/);
  expect(log).not.toContain("not heard");
  // By these whoever follows the log tells its events apart.
  const filter = new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${name}` });
  const { events = [] } = await logs.send(filter);
  expect(events.length).toBeGreaterThan(3);
  expect(new Set(events.map(({ eventId }) => eventId ?? "none")).size).toBe(events.length);
});

describe("a function that is an image", () => {
  const Role = "arn:aws:iam::123456789012:role/imaged";
  const uri = (name: string) => `123456789012.dkr.ecr.us-east-1.amazonaws.com/functions/${name}`;
  const digests: Record<string, string> = {};

  beforeAll(async () => {
    const { AWS_ENDPOINT_URL: endpoint = "", AWS_REGION: region = "" } = emulator.environment;
    const folder = temporaryFolder("imaged");
    const credentials = { accessKeyId: "groundplan-local", secretAccessKey: "x" };
    const ecr = new ECRClient({ endpoint, region, credentials });
    for (const name of ["one", "two"]) {
      const repository = `functions/${name}`;
      const archive = join(folder, name);
      writeFileSync(archive, name);
      await pushImage(endpoint, { repository, tag: "v1", archive, config: { Cmd: [name] } });
      const { imageDetails = [] } = await ecr.send(new DescribeImagesCommand({ repositoryName: repository }));
      digests[name] = imageDetails[0]?.imageDigest?.replace("sha256:", "") ?? "";
    }
    rmSync(folder, { recursive: true });
  });

  test("has the digest of its tag as hash, a version for each image, and is not run", async () => {
    const { one, two } = digests;
    const FunctionName = "imaged";
    const common = { FunctionName, Role, PackageType: "Image" as const, Publish: true };
    const made = await lambda.send(
      new CreateFunctionCommand({ ...common, Code: { ImageUri: `${uri("one")}:v1` } }),
    );
    expect(made).toMatchObject({ CodeSha256: one, PackageType: "Image" });
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60 }, { FunctionName });
    expect((await lambda.send(new GetFunctionCommand({ FunctionName }))).Code).toMatchObject({
      ImageUri: `${uri("one")}:v1`,
      ResolvedImageUri: `${uri("one")}@sha256:${one}`,
    });
    const next = { FunctionName, ImageUri: `${uri("two")}@sha256:${two}`, Publish: true };
    expect(await lambda.send(new UpdateFunctionCodeCommand(next))).toMatchObject({
      Version: "2",
      CodeSha256: two,
    });
    const old = new GetFunctionCommand({ FunctionName, Qualifier: "1" });
    expect((await lambda.send(old)).Configuration).toMatchObject({ CodeSha256: one });
    const called = await lambda.send(new InvokeCommand({ FunctionName }));
    expect(called.FunctionError).toBe("Unhandled");
    expect(JSON.parse(called.Payload?.transformToString() ?? "")).toEqual({
      errorType: "UnsupportedOperation",
      errorMessage: `the local AWS runs no function that is an image: start a container of ${uri("two")}@sha256:${two}`,
    });
  });

  test("planted fault: an image that ECR does not have is refused, and what is no image", async () => {
    const gone = `${uri("one")}@sha256:${"0".repeat(64)}`;
    const create = (ImageUri: string) =>
      lambda.send(
        new CreateFunctionCommand({ FunctionName: "none", Role, PackageType: "Image", Code: { ImageUri } }),
      );
    for (const image of [gone, uri("three")])
      await expect(create(image)).rejects.toMatchObject({
        name: "InvalidParameterValueException",
        message: `Source image ${image} does not exist. Provide a valid source image.`,
      });
    await expect(create("nginx:latest")).rejects.toMatchObject({
      message: "Source image nginx:latest is not valid. Provide a valid source image.",
    });
    await expect(lambda.send(new GetFunctionCommand({ FunctionName: "none" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    const update = new UpdateFunctionCodeCommand({ FunctionName: "imaged", ImageUri: gone });
    await expect(lambda.send(update)).rejects.toMatchObject({ name: "InvalidParameterValueException" });
    const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: "imaged" }));
    expect(Configuration?.CodeSha256).toBe(digests.two);
  });
});

test("alarms go on by what an alias answers: its errors by metric math, its duration by percentile", async () => {
  const rate = (alias: string) => ({
    Metrics: [
      { Id: "rate", Expression: "100 * errors / MAX([errors, invocations])", ReturnData: true },
      ...["Errors", "Invocations"].map((name) => ({
        Id: name.toLowerCase(),
        MetricStat: { Metric: metric(name, alias), Period: 60, Stat: "Sum" },
        ReturnData: false,
      })),
    ],
  });
  await alarm("errors", rate("live"));
  await alarm("errors-of-another-alias", rate("beta"));
  await alarm("duration", { ...metric("Duration"), Period: 60, ExtendedStatistic: "p99" });
  await alarm("a-quiet-hour", { ...metric("Throttles"), Period: 60, Statistic: "Sum" });
  await invoke({ fail: true, say: "" });
  const found = await untilOn("duration", "errors");
  expect(Object.keys(found).sort()).toEqual(["duration", "errors"]);
  expect(found.errors).toMatch(
    /^Threshold Crossed: 1 out of the last 1 datapoints \[[\d.]+ .* were greater than/,
  );
});

test("reserved concurrency refuses calls of the alias, which are throttles and no errors", async () => {
  await alarm("throttles", { ...metric("Throttles"), Period: 60, Statistic: "Sum" });
  const limit = new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 });
  await lambda.send(limit);
  for (const _ of [1, 2]) {
    await expect(invoke({})).rejects.toMatchObject({
      name: "TooManyRequestsException",
      Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
      $metadata: { httpStatusCode: 429 },
    });
  }
  expect(Object.keys(await untilOn("throttles"))).toContain("throttles");
});

test("an alarm that is set by hand stays for a while", async () => {
  const state = { StateValue: "ALARM" as const, StateReason: "by hand" };
  await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: "errors-of-another-alias", ...state }));
  await sleep(5000);
  expect((await on())["errors-of-another-alias"]).toBe("by hand");
});

test("a one-time schedule fires once; again when its time is moved, and when it is made anew", async () => {
  const { AWS_ENDPOINT_URL: endpoint = "", AWS_REGION: region = "" } = emulator.environment;
  const client = { endpoint, region, credentials: { accessKeyId: "groundplan-local", secretAccessKey: "x" } };
  const sqs = new SQSClient(client);
  const scheduler = new SchedulerClient(client);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "fired" }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  const begun = Date.now();
  // Each at a second of its own, which is over.
  const due = (Input: string, secondsAgo: number): CreateScheduleCommandInput => ({
    Name: "ends",
    ScheduleExpression: `at(${new Date(begun - secondsAgo * 1000).toISOString().slice(0, 19)})`,
    ScheduleExpressionTimezone: "UTC",
    FlexibleTimeWindow: { Mode: "OFF" },
    Target: { Arn: Attributes?.QueueArn, RoleArn: "arn:aws:iam::123456789012:role/ends", Input },
  });
  const fired = async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    return Messages.map(({ Body }) => Body);
  };
  const first = due("first", 1);
  await scheduler.send(new CreateScheduleCommand(first));
  expect(await fired()).toEqual(["first"]);
  // The same time again is over; another is due.
  await scheduler.send(new UpdateScheduleCommand({ ...first, Description: "changed" }));
  await scheduler.send(new UpdateScheduleCommand(due("moved", 2)));
  expect(await fired()).toEqual(["moved"]);
  await scheduler.send(new DeleteScheduleCommand({ Name: "ends" }));
  await scheduler.send(new CreateScheduleCommand(due("anew", 2)));
  expect(await fired()).toEqual(["anew"]);
});
