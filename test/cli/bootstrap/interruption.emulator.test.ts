import type { ChildProcess } from "node:child_process";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Emulator, startEmulator } from "../../emulator";
import { type HoldingProxy, openHoldingProxy } from "../../holding-proxy";
import { build, groundplan, startGroundplan } from "../groundplan";
import { type StateProject, stateProject } from "../project";
import { StateAccount } from "../state-account";

let emulator: Emulator;
let aws: StateAccount;
const projects: StateProject[] = [];

beforeAll(async () => {
  build();
  emulator = await startEmulator();
  aws = new StateAccount(emulator.environment);
});

afterAll(async () => {
  for (const project of projects) project.remove();
  await emulator?.stop();
});

/**
 * What can be seen of a bootstrap from outside, in the order in which it comes to be. All of it lasts until a later phase,
 * or for as long as the state waits on its way into the bucket.
 */
const PHASES: Readonly<Record<string, (project: StateProject, proxy: HoldingProxy) => boolean>> = {
  "while the bucket is made": ({ work }) => existsSync(join(work, ".local.tfstate.lock.info")),
  "when some of it is made": ({ work }) => /"aws_s3_bucket"/.test(text(join(work, "local.tfstate"))),
  "before the state is moved": ({ work }) =>
    existsSync(join(work, "local.tfstate")) && !existsSync(join(work, "backend_override.tf.json")),
  "while the state is moved": (_, proxy) => proxy.held > 0,
};

/** How a run is ended. */
const ENDS = {
  "kill -9": (child: ChildProcess) => void child.kill("SIGKILL"),
  "Ctrl-C": (child: ChildProcess) => void child.kill("SIGINT"),
  "a power cut": (child: ChildProcess, { work }: StateProject) => {
    child.kill("SIGKILL");
    // The Terraform that it started, and its provider: all that works in its folder.
    const pid = notedPid(work);
    if (pid > 0) killGroup(pid);
  },
} as const;

const CASES: readonly (readonly [keyof typeof ENDS, string])[] = [
  ...Object.keys(PHASES).map((phase) => ["kill -9", phase] as const),
  ["Ctrl-C", "while the bucket is made"],
  ["Ctrl-C", "while the state is moved"],
  ["a power cut", "when some of it is made"],
  ["a power cut", "while the state is moved"],
];

test.each(CASES)("%s %s: the next run completes it", async (end, phase) => {
  const bucket = `cut-${CASES.findIndex((one) => one[0] === end && one[1] === phase)}`;
  const project = stateProject({ bucket });
  projects.push(project);
  const provider = await emulator.provider.serve(project.folder);
  const options = { cwd: project.folder, env: { ...emulator.environment, ...provider } };
  const proxy = await openHoldingProxy(emulator.environment.AWS_ENDPOINT_URL ?? "", (operation) =>
    operation.startsWith(`PUT /${bucket}/`),
  );
  const child = startGroundplan(["bootstrap"], {
    ...options,
    env: { ...options.env, AWS_ENDPOINT_URL: proxy.url },
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const reached = PHASES[phase];
  while (child.exitCode === null && !reached?.(project, proxy)) await sleep(5);
  expect(child.exitCode).toBeNull();

  ENDS[end](child, project);
  proxy.release();
  const code = await ended;

  if (end === "Ctrl-C") {
    // Unless the last step was done already.
    expect([130, 0]).toContain(code);
    await expectNoLock(project);
    expect(processesIn(project.work)).toBe(false);
  }
  let next = await groundplan(["bootstrap", "--json"], options);
  if (end === "a power cut" && next.code === 4) {
    const id = /--force-unlock (\S+)/.exec(next.stderr)?.[1] ?? "";
    expect(next.stderr).toContain("is locked by");
    next = await groundplan(["bootstrap", "--json", "--force-unlock", id], options);
  }
  expect(next).toMatchObject({ code: 0 });
  expect(await aws.stateIn(bucket)).toHaveLength(6);
  expect(existsSync(project.work)).toBe(false);
  await expectNoLock(project);
  // Not before: a Terraform whose run was killed comes to its end by that proxy.
  proxy.close();
});

/** Kills a process group, which may have ended meanwhile. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function expectNoLock({ table }: StateProject): Promise<void> {
  expect(await aws.locks(table).catch(() => [])).toEqual([]);
}

/** Whether a Terraform of a run that has ended is still at work. */
function processesIn(work: string): boolean {
  const pid = notedPid(work);
  if (pid === 0) return false;
  try {
    const line = execFileSync("ps", ["-o", "stat=,args=", "-p", String(pid)], { encoding: "utf8" }).trim();
    return !line.startsWith("Z") && /terraform/.test(line);
  } catch {
    return false;
  }
}

/** Id of the Terraform that has noted itself in the folder: the first line says it, the second when it began. */
function notedPid(work: string): number {
  return Number(text(join(work, "terraform.pid")).split("\n")[0]);
}

function text(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
