import {
  CreateAliasCommand,
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from "@aws-sdk/client-lambda";
import { zip } from "../../cli/artifact/zip";
import { type Emulator, startEmulator } from "../emulator";

const FunctionName = "weighted";

let emulator: Emulator;
let lambda: LambdaClient;

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
  lambda = new LambdaClient({
    endpoint,
    region,
    credentials: { accessKeyId: "groundplan-local", secretAccessKey: "x" },
  });
  const Role = "arn:aws:iam::123456789012:role/weighted";
  const common = { FunctionName, Role, Handler: "index.handler", Runtime: "nodejs22.x" as const };
  await lambda.send(new CreateFunctionCommand({ ...common, Code: { ZipFile: code("one") } }));
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60 }, { FunctionName });
  await lambda.send(new PublishVersionCommand({ FunctionName }));
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: code("two") }));
  await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 60 }, { FunctionName });
  await lambda.send(new PublishVersionCommand({ FunctionName }));
  await lambda.send(new CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion: "1" }));
}, 180_000);

afterAll(async () => emulator?.stop(), 60_000);

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
