import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

/** The shell of the action that deploys a service: the deploy, and the look at its API. */
const ACTION = parse(
  readFileSync(join(__dirname, "../../.github/actions/deploy-service/action.yml"), "utf8"),
);
const [DEPLOY, LOOK] = (ACTION.runs.steps as readonly { run: string }[]).map(({ run }) => run);

const HASH = "0123456789abcdef".repeat(4);

let folder: string;
let api: Server;
/** What the API says that it runs; it is broken when empty. */
let runs: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "groundplan-deploy-service-"));
  runs = HASH;
  api = createServer((_, response) => {
    response.writeHead(runs === "" ? 404 : 200);
    response.end(JSON.stringify({ sha256: runs }));
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  program("npx", `echo "$@" >> calls; echo '{"outcome":"deployed","sha256":"${HASH}"}'`);
  program("aws", `echo '{"url":"${url}"}'`);
});

afterEach(() => {
  api.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What a runner has on its path, as far as a step asks it to do something elsewhere. */
function program(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

/** Runs a step as GitHub does. */
async function step(script: string | undefined, env: Readonly<Record<string, string>>) {
  const variables = {
    PATH: `${folder}:${process.env.PATH}`,
    ENVIRONMENT: "dev",
    SERVICE: "api",
    ACTION: "deploy",
  };
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script ?? "exit 99"], {
    cwd: folder,
    env: { ...variables, ...env },
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const file = join(folder, "calls");
  return { code, output, calls: existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [] };
}

test.each([
  [{ ARTIFACT: HASH }, `deploy dev --forward-only --to ${HASH}`],
  [{ ARTIFACT: HASH, ACTION: "deploy-any" }, `deploy dev --to ${HASH}`],
  [{ ARTIFACT: "", ACTION: "rollback" }, "rollback dev"],
  [{ ARTIFACT: HASH.slice(0, 12), ACTION: "rollback" }, `rollback dev --to ${HASH.slice(0, 12)}`],
])("%j is carried out", async (env, command) => {
  const { code, calls } = await step(DEPLOY, env);
  expect([code, calls]).toEqual([0, [`groundplan artifact ${command} --service api --json`]]);
});

test.each([
  [{ ARTIFACT: "" }, "artifact: name the one"],
  [{ ARTIFACT: "$(id)" }, "artifact: write 12 to 64"],
  [{ ARTIFACT: "--help" }, "artifact: write 12 to 64"],
  [{ ARTIFACT: HASH, ACTION: "destroy" }, "action: write deploy"],
  [{ ARTIFACT: HASH, ENVIRONMENT: "--json" }, "environment: no name"],
  [{ ARTIFACT: HASH, SERVICE: "a b" }, "service: no name"],
])("%j is refused before anything runs", async (env, message) => {
  const { code, output, calls } = await step(DEPLOY, env);
  expect([code, calls]).toEqual([2, []]);
  expect(output).toContain(`::error::${message}`);
});

const deployed = (outcome: string) =>
  writeFileSync(join(folder, "deployed.json"), JSON.stringify({ outcome, sha256: HASH }));

test("an API that answers with the artifact passes, and nothing is rolled back", async () => {
  deployed("deployed");
  expect(await step(LOOK, {})).toMatchObject({ code: 0, calls: [] });
});

test.each(["", "another"])(
  "an API that answers %j fails the job, and the environment goes back",
  async (other) => {
    runs = other;
    deployed("deployed");
    // Without the waits between tries.
    const { code, output, calls } = await step(LOOK?.replace("--retry 5 --retry-all-errors", ""), {});
    expect([code, calls]).toEqual([1, ["groundplan artifact rollback dev --service api"]]);
    expect(output).toContain("went back to the one before");
  },
);

test.each([
  ["unchanged", "deploy"],
  ["deployed", "rollback"],
])("what this run has not brought is not rolled back: %s by a %s", async (outcome, action) => {
  runs = "another";
  deployed(outcome);
  const { code, output, calls } = await step(LOOK, { ACTION: action });
  expect([code, calls]).toEqual([1, []]);
  expect(output).toContain("nothing was rolled back");
});
