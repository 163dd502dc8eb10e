import { checkLocal, deployLocally } from "../../../../cli/artifact/lambda/local-deploy";
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

test("other code is one version more, and all callers get it", async () => {
  const world = worlds.next();
  await world.begin();
  const target = world.target("dev");
  const before = Number((await runningOf(target))?.version);
  expect(await deployLocally(target, SAVED)).toBe(String(before + 1));
  expect(await runningOf(target)).toEqual({
    version: String(before + 1),
    sourceCodeHash: SAVED.sourceCodeHash,
    weights: {},
  });
  // What is pinned comes back by a deploy.
  await world.carryOut({ kind: "deploy", environment: "dev", to: "b", atOnce: false });
  expect((await runningOf(target))?.sourceCodeHash).toBe((await world.pinOf("dev"))?.sourceCodeHash);
});

test("planted fault: an address of Lambda alone does not lead elsewhere", async () => {
  const world = worlds.next();
  await world.begin();
  const target = world.target("dev");
  const before = Number((await runningOf(target))?.version);
  process.env.AWS_ENDPOINT_URL_LAMBDA = "http://127.0.0.1:1";
  try {
    expect(await deployLocally(target, SAVED)).toBe(String(before + 1));
  } finally {
    delete process.env.AWS_ENDPOINT_URL_LAMBDA;
  }
});

test("planted fault: a function that is not there is told, with what to deploy", async () => {
  const target = worlds.next().target("prod");
  await expect(deployLocally(target, SAVED)).rejects.toThrow(/is not there[\s\S]*npx cdktf deploy/);
});
