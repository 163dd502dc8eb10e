import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { LocalStatus } from "../../local";
import { documentOf } from "../cli/formats/held";
import { runProgram } from "../program";
import { temporaryFolder } from "../temporary-folder";

/** A checkout that brings a folder .groundplan/local: `local up` reads nothing of it back into an emulator. */

const ROOT = join(__dirname, "..", "..");
const CLI = join(ROOT, "cli", "bin", "groundplan.js");

let project: string;
let state: string;
let marker: string;

beforeAll(() => {
  project = temporaryFolder("hostile");
  state = join(project, ".groundplan", "local");
  marker = join(project, "code-has-run");
});

afterAll(async () => {
  await local("owner", "down");
  await local("stranger", "down");
  rmSync(project, { recursive: true, force: true });
});

/** Runs `groundplan local` as a user of a machine, whose key lies in that machine's own place. */
function local(machine: string, ...args: string[]) {
  return runProgram(process.execPath, [CLI, "local", ...args], {
    cwd: project,
    environment: { XDG_STATE_HOME: join(project, machine), CI: "true" },
  });
}

async function up(machine: string): Promise<LocalStatus> {
  const { code, stdout, output } = await local(machine, "up", "--port", "0", "--json");
  if (code !== 0) throw new Error(output);
  return documentOf("local", stdout);
}

/** What both emulators hold: a repository of moto's, and a secret of MiniStack's. */
const SERVICES = {
  ecr: {
    target: "AmazonEC2ContainerRegistry_V20150921",
    make: "CreateRepository",
    list: "DescribeRepositories",
  },
  secretsmanager: { target: "secretsmanager", make: "CreateSecret", list: "ListSecrets" },
} as const;

async function ask(endpoint: string, service: keyof typeof SERVICES, kind: "make" | "list"): Promise<string> {
  const { target, [kind]: operation } = SERVICES[service];
  const scope = `x/20260101/us-east-1/${service}/aws4_request`;
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
      "x-amz-target": `${target}.${operation}`,
      "content-type": "application/x-amz-json-1.1",
    },
    body:
      kind === "list" ? "{}" : JSON.stringify({ repositoryName: "held", Name: "held", SecretString: "x" }),
  });
  return response.text();
}

async function held(endpoint: string): Promise<boolean[]> {
  const answers = await Promise.all([ask(endpoint, "ecr", "list"), ask(endpoint, "secretsmanager", "list")]);
  return answers.map((answer) => answer.includes("held"));
}

/** A pickle that runs a command when it is loaded. */
function pickle(command: string): string {
  return `cposix\nsystem\n(S'${command}'\ntR.`;
}

test("planted fault: the pickle of this suite runs code where it is loaded", async () => {
  const file = join(project, "pickle");
  writeFileSync(file, pickle(`touch ${file}-has-run`));
  await runProgram("python3", ["-c", "import pickle, sys; pickle.load(open(sys.argv[1], 'rb'))", file]);
  expect(existsSync(`${file}-has-run`)).toBe(true);
});

test("state is read by the machine that wrote it alone; what a checkout brings is set aside and named", async () => {
  // GIVEN a pickle in a folder that came with a checkout, under a signature that is none
  mkdirSync(join(state, "moto"), { recursive: true });
  const moto = join(state, "moto", "state");
  writeFileSync(moto, `groundplan-state-1 ${"0".repeat(64)}\n${pickle(`touch ${marker}`)}`);

  // AND a bucket with a link out of it, a log that is one, and pipes where a start reads and writes
  const outside = join(project, "outside");
  writeFileSync(outside, "mine");
  const bucket = join(state, "ministack", "s3", "123456789012", "brought");
  mkdirSync(bucket, { recursive: true });
  writeFileSync(join(bucket, "key"), "theirs");
  symlinkSync(outside, join(bucket, "link"));
  symlinkSync(outside, join(state, "gateway.log"));
  execFileSync("mkfifo", [join(state, "process.json"), join(state, "starting")]);
  execFileSync("touch", ["-d", "2020-01-01", join(state, "starting")]);
  mkdirSync(join(state, "services"));
  writeFileSync(join(state, "services", "eks.json"), "{");
  expect((await local("owner", "status")).output).toContain("No emulator is running");

  // WHEN its user starts the local AWS
  const first = await up("owner");

  // THEN the code did not run, the file is kept and named, and AWS is there, empty
  expect(existsSync(marker)).toBe(false);
  const brought = ["gateway.log", "ministack", "moto", "process.json", "services"];
  expect([...first.setAside].sort()).toEqual(brought.map((name) => join(state, `${name}.unreadable`)));
  expect((await local("owner", "status")).stdout).toMatch(/not read\s+\S+moto\.unreadable: .*remove it/);
  expect(readFileSync(join(state, "moto.unreadable", "state"), "utf8")).toContain("posix");
  const signed =
    "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
  const buckets = await fetch(first.endpoint, { headers: { authorization: signed } });
  expect(await buckets.text()).toMatch(/<ListAllMyBucketsResult(?!.*brought)/s);
  expect(readFileSync(outside, "utf8")).toBe("mine");
  expect(await held(first.endpoint)).toEqual([false, false]);

  // WHEN it is used, ended, and started by the same machine
  await ask(first.endpoint, "ecr", "make");
  await ask(first.endpoint, "secretsmanager", "make");
  expect(await held(first.endpoint)).toEqual([true, true]);
  await local("owner", "down");
  for (const path of first.setAside) rmSync(path, { recursive: true });
  const again = await up("owner");

  // THEN it has what it had
  expect(again.setAside).toEqual([]);
  expect(await held(again.endpoint)).toEqual([true, true]);
  await local("owner", "down");

  // WHEN another machine gets the folder
  const saved = readdirSync(join(state, "ministack", "state"));
  const elsewhere = await up("stranger");

  // THEN it reads nothing of it, and keeps all of it
  expect(await held(elsewhere.endpoint)).toEqual([false, false]);
  expect(saved.length).toBeGreaterThan(0);
  expect(elsewhere.setAside).toEqual(
    expect.arrayContaining(["moto", "ministack", "seal"].map((name) => join(state, `${name}.unreadable`))),
  );
  expect(existsSync(join(state, "moto.unreadable", "state"))).toBe(true);
  expect(readdirSync(join(state, "ministack.unreadable", "state"))).toEqual(saved);
});
