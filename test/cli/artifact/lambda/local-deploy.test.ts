import { functionVersions } from "../../../../cli/artifact/lambda/function-versions";
import { checkLocal, deployLocally, restorePinned } from "../../../../cli/artifact/lambda/local-deploy";
import { runningOf } from "../../../../cli/artifact/lambda/running";
import { zip } from "../../../../cli/artifact/lambda/zip";
import { Worlds } from "../worlds";

let worlds: Worlds;

const SAVED = zip({ "index.js": Buffer.from("exports.handler = async () => 1;") });

beforeAll(async () => {
  worlds = await Worlds.open();
});

afterAll(() => worlds?.close());

test.each(["http://localhost:4566", "http://127.0.0.1:1", "http://aws.localhost:4566", "http://[::1]:4566"])(
  "%s is on this machine",
  (endpoint) => {
    expect(() => checkLocal(endpoint)).not.toThrow();
  },
);

test.each([
  undefined,
  "https://lambda.us-east-1.amazonaws.com",
  "http://localhost.example.com",
  "http://127.evil.example",
])("planted fault: %s is not, and is refused", (endpoint) => {
  const before = process.env.AWS_ENDPOINT_URL;
  delete process.env.AWS_ENDPOINT_URL;
  try {
    expect(() => checkLocal(endpoint)).toThrow(/deploys to the local AWS alone[\s\S]*groundplan local up/);
  } finally {
    process.env.AWS_ENDPOINT_URL = before;
  }
});

test("other code is no version, and all callers get it, until they get what is pinned", async () => {
  const world = worlds.next();
  await world.begin();
  const target = world.target("dev");
  const before = await runningOf(target);
  const pin = await world.pinOf("dev");
  if (!pin) throw new Error("nothing is pinned");

  await deployLocally(target, SAVED);
  expect(await runningOf(target)).toEqual({
    version: "$LATEST",
    sourceCodeHash: SAVED.sourceCodeHash,
    weights: {},
  });

  // At its end: the version that was there, and the code of which the next is made.
  expect(await restorePinned(target, pin)).toBe(before?.version);
  expect(await runningOf(target)).toEqual(before);
  expect((await functionVersions(target))?.versions.map(({ version }) => version)).toEqual([before?.version]);

  // Killed: a deploy brings it back.
  await deployLocally(target, SAVED);
  await world.carryOut({ kind: "deploy", environment: "dev", to: "b", atOnce: false });
  expect((await runningOf(target))?.sourceCodeHash).toBe((await world.pinOf("dev"))?.sourceCodeHash);
});

test("of what is pinned and has no version, nothing is given back", async () => {
  const world = worlds.next();
  await world.begin();
  const target = world.target("dev");
  await deployLocally(target, SAVED);
  const pin = { bucket: "b", key: "k", versionId: "v", sourceCodeHash: "none" };
  expect(await restorePinned(target, pin)).toBeUndefined();
  expect((await runningOf(target))?.sourceCodeHash).toBe(SAVED.sourceCodeHash);
});

test("planted fault: an address of Lambda alone does not lead elsewhere", async () => {
  const world = worlds.next();
  await world.begin();
  const target = world.target("dev");
  process.env.AWS_ENDPOINT_URL_LAMBDA = "http://127.0.0.1:1";
  try {
    await deployLocally(target, SAVED);
  } finally {
    delete process.env.AWS_ENDPOINT_URL_LAMBDA;
  }
  expect((await runningOf(target))?.sourceCodeHash).toBe(SAVED.sourceCodeHash);
});

test("planted fault: a function that is not there is told, with what to deploy", async () => {
  const target = worlds.next().target("prod");
  await expect(deployLocally(target, SAVED)).rejects.toThrow(/is not there[\s\S]*npx cdktf deploy/);
});
