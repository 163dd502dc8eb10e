import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build, groundplan, type Run } from "../cli/groundplan";
import { type StateProject, stateProject, write } from "../cli/project";

// What strangers wrote is text on a terminal and in a job's log. The real commands run, with a stack, a branch, a lock,
// a state and an answer of AWS that want to be more.

/** A name that would clear the screen, set the title and the clipboard, turn the direction, and give a runner commands. */
const HOSTILE =
  "a\u001b[2J\u001b[31mb\u001b]0;title\u0007\u001b]52;c;ZXZpbA==\u001b\\c\u009b1A\u009d0;t\u009c\u202ed\u2066\u200b\u0000\u0008\r\n::error::e\n##[error]f\r::warning::g\u2028h\u0085::add-mask::i";

/** Everything that a terminal or a runner would act upon. */
function actsIn(output: string): readonly string[] {
  const ours = output.replaceAll(/\p{Cc}\[(?:0|1|2|22|31|32|33|39)m/gu, "");
  return [
    ...(ours.match(/(?!\n)[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/gu) ?? []),
    ...(output.match(/^\s*::.*$/gm) ?? []),
    ...(output.match(/.*##[\w.-]*\[.*/g) ?? []),
  ];
}

/** The bucket and the lock table, over HTTP: what AWS answers is what strangers have written there. */
let server: Server;
let answer: (path: string, target: string) => { status: number; body: string };
let project: StateProject;
beforeAll(async () => {
  build();
  server = createServer((request, response) => {
    request.resume().on("end", () => {
      const target = String(request.headers["x-amz-target"] ?? "");
      const { status, body } = answer(request.url ?? "", target);
      response.writeHead(status, {
        "content-type": target ? "application/x-amz-json-1.0" : "application/xml",
        ...(status === 404 ? { "x-amzn-errortype": "ResourceNotFoundException" } : {}),
      });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  project = stateProject({ bucket: "states", artifacts: "artifacts" });
  answer = () => ({ status: 404, body: "" });
});
afterEach(() => project.remove());

/** Runs a command, and gives what a terminal and a log get of it. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const { port } = server.address() as AddressInfo;
  return groundplan(args, {
    cwd: project.folder,
    env: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_MAX_ATTEMPTS: "1",
      ...env,
    },
  });
}

/** Gives a stack of the manifest another name. */
function rename(name: string): void {
  const file = join(project.folder, "cdktf.out", "manifest.json");
  const manifest = JSON.parse(readFileSync(file, "utf8")) as { stacks: Record<string, object> };
  write(file, { ...manifest, stacks: { [name]: { ...manifest.stacks.state, name } } });
}

/** An item of the lock table. */
function lockOf(content: string): string {
  return JSON.stringify({ Item: { LockID: { S: "x" }, Info: { S: content } } });
}

const bothIn = ({ stdout, stderr }: Run) => [actsIn(stdout), actsIn(stderr)];

/** What may stand in a lock as Terraform writes it, and in which a stranger may write anything. */
const LOCK = { ID: "0a1b", Created: "2026-11-29T12:00:00Z", Info: HOSTILE, Path: HOSTILE, Version: HOSTILE };

test.each([["text"], ["json"]])("a lock that a stranger wrote, as %s", async (format) => {
  const written = lockOf(JSON.stringify({ ...LOCK, Who: HOSTILE, Operation: HOSTILE }));
  answer = (_, target) => ({ status: 200, body: target.endsWith("GetItem") ? written : "{}" });

  const json = format === "json" ? ["--json"] : [];
  const locks = await run(["state", "locks", ...json]);
  const unlock = await run(["state", "unlock", "state", "another", "--yes"]);

  expect([locks.code, unlock.code]).toEqual([4, 2]);
  expect(locks.stdout).toContain("error");
  expect([...bothIn(locks), ...bothIn(unlock)]).toEqual([[], [], [], []]);
  // JSON has the same value: only written otherwise.
  if (json.length > 0)
    expect(JSON.parse(locks.stdout)).toMatchObject({ locks: [{ Who: HOSTILE, ID: LOCK.ID }] });
});

test.each([
  ["its id", JSON.stringify({ ...LOCK, ID: HOSTILE })],
  ["a field of another name", JSON.stringify({ ...LOCK, [HOSTILE]: 7, Who: [HOSTILE] })],
  ["no JSON", HOSTILE],
])("a damaged lock: %s", async (_, content) => {
  answer = (_, target) => ({ status: 200, body: target.endsWith("GetItem") ? lockOf(content) : "{}" });

  const locks = await run(["state", "locks"]);

  expect(locks.code).toBe(4);
  expect(locks.stdout).toContain("damaged");
  expect(bothIn(locks)).toEqual([[], []]);
});

test("a state that a stranger wrote, in words, as JSON and as it is", async () => {
  const resources = [{ mode: "managed", type: HOSTILE, name: HOSTILE, provider: HOSTILE, instances: [{}] }];
  const state = {
    version: 4,
    terraform_version: HOSTILE,
    serial: 7,
    lineage: HOSTILE,
    outputs: { [HOSTILE]: {} },
    resources,
  };
  answer = () => ({ status: 200, body: JSON.stringify(state) });

  const runs = await Promise.all(
    [[], ["--json"], ["--raw"]].map((more) => run(["state", "show", "state", ...more])),
  );

  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(runs.flatMap(bothIn)).toEqual(runs.flatMap(() => [[], []]));
  expect(JSON.parse(runs[2]?.stdout ?? "")).toEqual(state);
});

test("an error of AWS", async () => {
  const message = HOSTILE.replaceAll(/(?![\r\n\u0080-\u009f])\p{Cc}/gu, "\u009b");
  const body = JSON.stringify({
    __type: "com.amazonaws.dynamodb.v20120810#AccessDeniedException",
    message: HOSTILE,
  });
  answer = (_, target) => ({
    status: 400,
    body: target ? body : `<Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`,
  });

  const runs = await Promise.all(
    [
      ["state", "locks"],
      ["state", "versions", "state"],
      ["state", "show", "state"],
    ].map((args) => run(args)),
  );

  for (const { code, stdout, stderr } of runs)
    expect([code === 0, stdout + stderr === ""]).toEqual([false, false]);
  expect(runs.flatMap(bothIn)).toEqual(runs.flatMap(() => [[], []]));
});

test("the name of a stack, in every command that tells it", async () => {
  rename(HOSTILE);
  answer = (_, target) => ({ status: 200, body: target.endsWith("GetItem") ? lockOf("x") : "{}" });

  const commands = [
    ["state", "locks"],
    ["state", "show", "nobody"],
    ["plan", "--skip-synth", "no-such-stack"],
    ["plan", "--skip-synth", "--no-shared-provider"],
    ["apply", "--skip-synth", "--environment", "dev"],
    ["doctor"],
    ["artifact", "list"],
  ];
  const runs: Run[] = [];
  for (const args of commands)
    runs.push(await run(args, { PATH: `${terraform(HOSTILE)}:${process.env.PATH}` }));

  expect(
    runs.filter(
      ({ stdout, stderr }) =>
        `${stdout}${stderr}`.includes("title") || `${stdout}${stderr}`.includes("error::e"),
    ).length,
  ).toBeGreaterThan(2);
  expect(runs.flatMap(bothIn)).toEqual(runs.flatMap(() => [[], []]));
});

/** A pin and an index that a stranger wrote. */
function artifactsOf(text: string): { readonly pin: string; readonly index: string } {
  const artifact = {
    sha256: "a".repeat(64),
    sourceCodeHash: "x",
    key: text,
    versionId: text,
    size: 1,
    commit: text,
  };
  const pin = { ...artifact, bucket: text, time: text, stableVersion: "", weight: 0, before: [text] };
  const artifacts = [{ ...artifact, time: text }];
  return { pin: JSON.stringify(pin), index: JSON.stringify({ format: 1, service: "api", artifacts }) };
}

test("a pin and an index that a stranger wrote", async () => {
  // GIVEN
  const parameter = "/platform/dev/api/artifact";
  const file = join(project.stack, "cdk.tf.json");
  const stack = JSON.parse(readFileSync(file, "utf8")) as { resource: object };
  const declared = {
    kind: "lambda",
    environment: "dev",
    service: "api",
    pin: parameter,
    contract: "/platform/dev/api",
    region: "us-east-1",
    functionName: "f",
    alias: "live",
    addresses: { function: "aws_lambda_function.f", alias: "aws_lambda_alias.live", canaryAlarms: [] },
  };
  const output = {
    artifacts: { value: "${aws_s3_bucket.artifacts.bucket}" },
    artifact_bucket: { value: "artifacts" },
    deployables: { value: [declared] },
  };
  write(file, { ...stack, output });
  mkdirSync(join(project.folder, "services", "api"), { recursive: true });
  write(join(project.folder, "services", "api", "package.json"), { name: "api", main: "index.ts" });
  writeFileSync(join(project.folder, "services", "api", "index.ts"), "");
  const { pin, index } = artifactsOf(HOSTILE);
  answer = (path, target) => {
    const Parameter = { Name: parameter, Value: pin, Version: 1, Type: "String" };
    if (target.endsWith("GetParameter")) return { status: 200, body: JSON.stringify({ Parameter }) };
    if (path.includes("/index/")) return { status: 200, body: index };
    if (target) return { status: 200, body: "{}" };
    return path === "/" ? { status: 200, body: CALLER } : { status: 404, body: "{}" };
  };
  // WHEN
  const commands = [
    ["list"],
    ["list", "--json"],
    ["current"],
    ["current", "--json"],
    ["prune", "--dry-run", "--skip-synth"],
  ];
  const runs = await Promise.all(commands.map((args) => run(["artifact", ...args])));
  // THEN
  // What is shown, or named as damaged, is what the stranger wrote.
  for (const { stdout, stderr } of runs) expect(`${stdout}${stderr}`).toMatch(/add-mask|damaged|api/);
  expect(runs.flatMap(bothIn)).toEqual(runs.flatMap(() => [[], []]));
});

/** What STS says of who asks. */
const CALLER =
  '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/x</Arn><UserId>x</UserId></GetCallerIdentityResult></GetCallerIdentityResponse>';

/** A folder with a terraform that fails, and says something. */
function terraform(text: string): string {
  const folder = join(project.folder, "bin");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "says"), `\nError: ${text}\n\n  with ${text},\n`);
  const version = JSON.stringify({ terraform_version: "1.11.4", platform: "linux_amd64" });
  const script = `#!/bin/sh\nif [ "$1" = version ]; then echo '${version}'; exit 0; fi\ncat "$(dirname "$0")/says"\nexit 1\n`;
  writeFileSync(join(folder, "terraform"), script, { mode: 0o755 });
  return folder;
}

test("the name of a branch, and what an argument repeats", async () => {
  const git = (...args: readonly string[]) => execFileSync("git", args, { cwd: project.folder });
  git("init", "-q");
  git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "--allow-empty", "-m", "x");
  // What git takes for a name: no ASCII control, but all others.
  const branch = "a\u202eb\u2066\u009b31m\u200b\u2028c\u0085##d";
  git("branch", branch);

  const runs = await Promise.all([
    run(["affected", "--base", branch]),
    run(["affected", "--base", HOSTILE.replaceAll("\0", "")]),
    run([HOSTILE.replaceAll("\0", "")]),
    run(["plan", `--${HOSTILE.replaceAll("\0", "")}`]),
    run(["local", "up", "--port", HOSTILE.replaceAll("\0", "")]),
  ]);

  expect(runs.flatMap(bothIn)).toEqual(runs.flatMap(() => [[], []]));
});

test("the judge finds each of them, and a plain text is none", () => {
  const plain = "Released the lock of dev-network: \u001b[32mgood\u001b[39m\n  é 日本 😀 ⚠\n";
  expect(actsIn(plain)).toEqual([]);
  const planted = [
    "\u001b[2J",
    "\u001b]0;t",
    "\u0007",
    "\u009b1A",
    "\u202e",
    "\u200b",
    "\r",
    "\u2028",
    "\u0000",
    "\n::error::x",
    "\n  ::warning::x",
    "x ##[error]y",
  ];
  for (const fault of planted) expect([fault, actsIn(`a${fault}`).length > 0]).toEqual([fault, true]);
});
