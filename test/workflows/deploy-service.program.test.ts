import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parse } from "yaml";
import { temporaryFolder } from "../temporary-folder";
import { ROOT } from "./judged";

/**
 * The shell of the action that deploys a service: the deploy, and the look at its API. Here is what ends before a
 * command of groundplan runs; what they deploy and take back is proven in `api.emulator.test.ts`.
 */
const ACTION = parse(readFileSync(join(ROOT, ".github/actions/deploy-service/action.yml"), "utf8"));
const [DEPLOY, LOOK] = (ACTION.runs.steps as readonly { run: string }[]).map(({ run }) => run);

const HASH = "0123456789abcdef".repeat(4);

let folder: string;
let api: Server;
let url: string;
/** What the API answers to its next calls; then it says that it runs {@link HASH}. */
let answers: { readonly status: number; readonly body: string }[];

beforeEach(async () => {
  folder = temporaryFolder("deploy-service");
  answers = [];
  api = createServer((_, response) => {
    const { status, body } = answers.shift() ?? { status: 200, body: JSON.stringify({ sha256: HASH }) };
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
});

afterEach(() => {
  api.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a step as GitHub does. */
async function step(script: string | undefined, env: Readonly<Record<string, string>>) {
  const variables = { ENVIRONMENT: "dev", SERVICE: "api", ACTION: "deploy", PATIENCE: "0" };
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script ?? "exit 99"], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...variables, ...env },
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, output };
}

test.each([
  [{ ARTIFACT: "" }, "artifact: name the one"],
  [{ ARTIFACT: "$(id)" }, "artifact: write 12 to 64"],
  [{ ARTIFACT: "--help" }, "artifact: write 12 to 64"],
  [{ ARTIFACT: HASH, ACTION: "destroy" }, "action: write deploy"],
  [{ ARTIFACT: HASH, ENVIRONMENT: "--json" }, "environment: no name"],
  [{ ARTIFACT: HASH, SERVICE: "a b" }, "service: no name"],
  [{ ARTIFACT: HASH, PATIENCE: "a[$(id)]" }, "patience: write 0 to 999"],
])("%j is refused before anything runs", async (env, message) => {
  const { code, output } = await step(DEPLOY, env);
  expect(code).toBe(2);
  expect(output).toContain(`::error::${message}`);
  // The shell makes it before it runs the command that writes it.
  expect(existsSync(join(folder, "deployed.json"))).toBe(false);
});

/** What the deploy of an artifact has said. */
const deployed = (outcome: string, at: { readonly url?: string } = { url }) =>
  writeFileSync(join(folder, "deployed.json"), JSON.stringify({ outcome, sha256: HASH, ...at }));

const json = (sha256: string) => ({ status: 200, body: JSON.stringify({ sha256 }) });
const FAULT = { status: 500, body: "{}" };

test("an API that answers with the artifact passes", async () => {
  deployed("deployed");
  expect(await step(LOOK, {})).toMatchObject({ code: 0 });
});

test("an API that still answers with the one before has some time, and no more", async () => {
  deployed("unchanged");
  answers = [json(HASH), json("another")];
  expect(await step(LOOK, { PATIENCE: "30" })).toMatchObject({ code: 0 });
  answers = [json(HASH), json("another")];
  expect(await step(LOOK, {})).toMatchObject({ code: 1 });
});

describe.each([
  ["fails at /health", () => [FAULT]],
  ["fails at /version", () => [json(HASH), FAULT]],
  ["is another", () => [json(HASH), json("another")]],
  ["speaks no JSON", () => [json(HASH), { status: 200, body: "<html>" }]],
])("an API that %s", (_, given) => {
  test.each([
    ["unchanged", "deploy"],
    ["deployed", "rollback"],
  ])("is not taken back where this run has not brought it: %s by a %s", async (outcome, action) => {
    answers = given();
    deployed(outcome);
    const { code, output } = await step(LOOK, { ACTION: action });
    expect(code).toBe(1);
    expect(output).toContain("::error::dev does not answer with the artifact; nothing was rolled back");
  });
});

test("a service whose stack says that it has no API was asked by the deploy itself", async () => {
  deployed("deployed", { url: "" });
  const { code, output } = await step(LOOK, {});
  expect({ code, output }).toEqual({ code: 0, output: "api has no API to ask\n" });
});

test("a service of which no address is known has nothing that could be asked", async () => {
  deployed("deployed", {});
  const { code, output } = await step(LOOK, {});
  expect(code).toBe(1);
  expect(output).toContain("the stack of api in dev publishes no url to ask; nothing was rolled back");
});
