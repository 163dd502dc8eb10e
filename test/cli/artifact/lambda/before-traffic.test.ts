import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { BeforeTraffic } from "../../../../cli/artifact/declaration";
import type { CliError } from "../../../../cli/console/errors";
import type { Beside, EnvironmentName, World } from "../world";
import { Worlds } from "../worlds";

let worlds: Worlds;
let world: World;

beforeAll(async () => {
  worlds = await Worlds.open();
});

beforeEach(async () => {
  worlds.faultInjector.begin();
  world = worlds.next();
  await world.begin();
});

afterAll(() => worlds?.close());

const short = (content: string) => world.hashOf(content).slice(0, 12);

/** Lets an environment ask before it deploys. */
function ask(environment: EnvironmentName, beforeTraffic: BeforeTraffic): void {
  Object.assign(world.target(environment), { beforeTraffic });
}

const deployed = (to: string, environment: EnvironmentName = "dev", beside: Beside = {}) =>
  world.carryOut({ kind: "deploy", environment, to, atOnce: false }, beside);

const failure = (doing: Promise<unknown>) =>
  doing.then(
    () => "it did not fail",
    (error: CliError) => error.message,
  );

/** What callers get, and what is pinned. */
async function standing(environment: EnvironmentName) {
  const [running, pin] = [await world.runningIn(environment), await world.pinOf(environment)];
  const content = ["a", "b"].find((one) => pin?.sha256 === world.hashOf(one));
  const isSame = running?.sourceCodeHash === pin?.sourceCodeHash;
  return { pinned: content, isSame, weights: running?.weights, stableVersion: pin?.stableVersion };
}

const STANDS = { isSame: true, weights: {}, stableVersion: "" };

/** A function that decides. */
async function judge(code: string): Promise<BeforeTraffic> {
  const { artifact } = await world.carryOut({ kind: "publish", content: code, commit: "of-the-judge" });
  const functionName = `judge-${world.service}`;
  const { bucket } = world.store.location;
  const { key: S3Key, versionId: S3ObjectVersion } = artifact ?? {};
  await new LambdaClient().send(
    new CreateFunctionCommand({
      FunctionName: functionName,
      Role: "arn:aws:iam::123456789012:role/any",
      Code: { S3Bucket: bucket, S3Key, S3ObjectVersion },
    }),
  );
  return { functionName };
}

test("a version that answers the event gets all callers", async () => {
  ask("dev", { event: {} });
  expect((await deployed("a")).deployed?.outcome).toBe("deployed");
  expect(await standing("dev")).toEqual({ ...STANDS, pinned: "a" });
});

test("planted fault: a version that fails the event gets no caller, and the environment goes back", async () => {
  ask("dev", { event: { refuses: "a" } });
  expect(await failure(deployed("a"))).toMatch(
    new RegExp(
      `dev went back to ${short("b")}: ${short("a")} was refused before any caller got it\\n.*failed: RangeError: it refuses`,
    ),
  );
  expect(await standing("dev")).toEqual({ ...STANDS, pinned: "b" });
});

test("at once asks too, and a rollback does not", async () => {
  ask("dev", { event: { refuses: "a" } });
  const atOnce = world.carryOut({ kind: "deploy", environment: "dev", to: "a", atOnce: true });
  expect(await failure(atOnce)).toMatch(/was refused before any caller got it/);
  await world.carryOut({ kind: "rollback", environment: "dev", to: "a" });
  expect(await standing("dev")).toEqual({ ...STANDS, pinned: "a" });
});

test("an environment that switches step by step asks first", async () => {
  ask("staging", { event: {} });
  await deployed("b", "staging");
  expect(await standing("staging")).toEqual({ ...STANDS, pinned: "b" });
});

test("planted fault: a status of 400 or more is a refusal", async () => {
  const { artifact } = await world.carryOut({
    kind: "publish",
    content: "exports.handler = async () => ({ statusCode: 503, body: 'down' });",
    commit: "of-what-is-down",
  });
  ask("dev", { event: {} });
  if (!artifact) throw new Error("nothing was published");
  expect(await failure(deployed("a", "dev", { chosen: artifact }))).toMatch(
    /answered with status 503: .*down/,
  );
  expect(await standing("dev")).toEqual({ ...STANDS, pinned: "b" });
});

const ASKS_ALIAS = (answer: string) =>
  `
const { GetAliasCommand, LambdaClient } = require("@aws-sdk/client-lambda");
exports.handler = async ({ functionName, version }) => {
  const of = { FunctionName: functionName, Name: "live" };
  const { FunctionVersion, RoutingConfig } = await new LambdaClient().send(new GetAliasCommand(of));
  const isFree = FunctionVersion !== version && !(RoutingConfig.AdditionalVersionWeights || {})[version];
  return ${answer};
};`.trimStart();

test("the function that decides sees a version that nobody gets, and lets it through", async () => {
  ask("dev", await judge(`exports.handler = 0; ${ASKS_ALIAS("{ accepted: isFree }")}`));
  await deployed("a");
  expect(await standing("dev")).toEqual({ ...STANDS, pinned: "a" });
});

test.each([
  [
    "says no",
    '{ accepted: false, reason: "smoke test 3 failed" }',
    /refused version \d+: smoke test 3 failed/,
  ],
  ["says nothing", "undefined", /refused version \d+: it answered null, and not \{"accepted": true\}/],
])("planted fault: a function that %s refuses", async (_, answer, message) => {
  ask("dev", await judge(`exports.handler = async () => (${answer});`));
  expect(await failure(deployed("a"))).toMatch(message);
  expect(await standing("dev")).toEqual({ ...STANDS, pinned: "b" });
});

test("planted fault: a function that is not there has accepted nothing", async () => {
  ask("dev", { functionName: "nobody" });
  expect(await failure(deployed("a"))).toMatch(/nobody could not be called/);
  expect(await standing("dev")).toEqual({ ...STANDS, pinned: "b" });
});

test("an interruption while it is asked leaves all callers what they had, and the same command goes on", async () => {
  ask("dev", { event: {} });
  const before = await world.runningIn("dev");
  expect(await failure(deployed("a", "dev", { meanwhile: "it is interrupted" }))).toMatch(
    new RegExp(`${short("a")} waits in dev, and no caller gets it`),
  );
  expect((await world.runningIn("dev"))?.version).toBe(before?.version);
  // What only waits is promoted nowhere.
  expect(await failure(world.carryOut({ kind: "promote", environment: "staging", atOnce: true }))).toMatch(
    /dev is pinned to/,
  );
  await deployed("a");
  expect(await standing("dev")).toEqual({ ...STANDS, pinned: "a" });
});
