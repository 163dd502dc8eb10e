import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { toolPath } from "../../../local/cluster/tools";
import { markOf } from "../../../local/process/process-file";
import { documentOf } from "../../cli/formats/held";
import { type Run, runProgram } from "../../program";
import { temporaryFolder } from "../../temporary-folder";

const CLI = join(__dirname, "..", "..", "..", "cli", "bin", "groundplan.js");

interface Status {
  readonly endpoint: string;
  readonly kubeconfig: string;
  readonly components: readonly { readonly name: string; readonly pid: number; readonly running: boolean }[];
}

let folder: string;

beforeAll(() => {
  folder = temporaryFolder("lifecycle");
});

afterAll(async () => {
  await cluster("down", "--purge");
  rmSync(folder, { recursive: true, force: true });
});

/** As a user in a project's folder. */
function cluster(...args: string[]): Promise<Run> {
  return runProgram(process.execPath, [CLI, "local", "cluster", ...args], {
    cwd: folder,
    environment: { CI: "true" },
  });
}

async function up(...args: string[]): Promise<Status> {
  const { code, stdout, output } = await cluster(
    "up",
    "--source",
    "built",
    "--nodes",
    "kwok",
    "--json",
    ...args,
  );
  if (code !== 0) throw new Error(output);
  return documentOf("local-cluster", stdout);
}

function kubectl({ kubeconfig }: Status, ...args: string[]): Promise<Run> {
  return runProgram(toolPath("kubectl"), ["--kubeconfig", kubeconfig, ...args]);
}

function pidOf(status: Status, name: string): number {
  return status.components.find((component) => component.name === name)?.pid ?? 0;
}

/** Waits until something is so. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const begun = Date.now(); !(await condition()); await sleep(20)) {
    if (Date.now() - begun > 600_000) throw new Error("it did not come to be in ten minutes");
  }
}

/** Programs whose arguments name the cluster's folder. */
async function runningPrograms(): Promise<string[]> {
  const { stdout } = await runProgram("ps", ["-eo", "args"]);
  return stdout.split("\n").filter((line) => line.includes(folder));
}

test("status says that nothing runs, and exits with 1", async () => {
  const { code, stdout } = await cluster("status");
  expect(stdout).toBe("No cluster is running. Start one: npx groundplan local cluster up\n");
  expect(code).toBe(1);
});

test("what it holds outlives its end, a killed program, and a second start", async () => {
  // GIVEN
  const first = await up("--port", "0");
  await kubectl(first, "create", "namespace", "kept");

  // WHEN it is asked for again
  const again = await up();
  // THEN it is the same one
  expect(again).toEqual(first);

  // WHEN another is asked for that cannot be had
  const refused = await cluster("up", "--kubeconfig", join(folder, "nowhere"));
  // THEN it goes on running
  expect(refused.code).toBe(2);
  expect((await cluster("status")).code).toBe(0);

  // WHEN a program of it is killed
  const killed = pidOf(first, "kube-apiserver");
  process.kill(killed, "SIGKILL");
  await until(() => markOf(killed) === undefined);
  const broken = await cluster("status");
  // THEN its status says so, and it is started anew
  expect(broken.output).toMatch(/ended {2}kube-apiserver/);
  expect(broken.code).toBe(1);
  const mended = await up();
  expect(mended.endpoint).toBe(first.endpoint);
  expect((await kubectl(mended, "get", "namespace", "kept")).code).toBe(0);

  // WHEN it is ended
  const { stdout } = await cluster("down");
  // THEN nothing of it runs, and the next start finds what it held
  expect(stdout).toBe("Ended the cluster.\n");
  expect(await runningPrograms()).toEqual([]);
  const last = await up();
  expect((await kubectl(last, "get", "namespace", "kept")).code).toBe(0);
  await cluster("down");
});

test("a start that is interrupted leaves nothing behind", async () => {
  const child = spawn(
    process.execPath,
    [CLI, "local", "cluster", "up", "--source", "built", "--nodes", "kwok", "--port", "0"],
    {
      cwd: folder,
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, CI: "true" },
    },
  );
  const ended = once(child, "close");
  child.stdout.resume();
  // Long before the API is ready.
  await until(async () => child.exitCode !== null || (await runningPrograms()).length > 0);
  child.kill("SIGINT");
  const [code] = await ended;
  expect(code).toBe(130);
  expect(await runningPrograms()).toEqual([]);
});

test("a port that is taken is refused, with another one to take", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  try {
    const { code, output } = await cluster(
      "up",
      "--source",
      "built",
      "--nodes",
      "kwok",
      "--port",
      String(port),
    );
    expect(output).toContain(`port ${port} is taken by another program`);
    expect(output).toContain("groundplan local cluster up --port");
    expect(code).toBe(2);
  } finally {
    server.close();
  }
});

test("a kubeconfig that is none is refused", async () => {
  const { code, output } = await cluster("up", "--kubeconfig", "/dev/null");
  expect(output).toContain("/dev/null cannot be used as a kubeconfig: it is not a plain file");
  expect(code).toBe(2);
});
