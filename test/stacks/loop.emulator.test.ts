import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { failureOf } from "../../cli/terraform/failure";
import { type Emulator, startEmulator } from "../emulator";
import { environments } from "../platform";
import { CdktfProject, succeeded } from "./cdktf-project";

/** Named, and not `dev-*`: the add-ons need providers that may not be there, and a cluster with a network. */
const DEV = ["dev-network", "dev-registry"];

let emulator: Emulator;
let project: CdktfProject;

beforeAll(async () => {
  emulator = await startEmulator();
  project = new CdktfProject(emulator.environment);
  succeeded(await project.cdktf("synth"));
  succeeded(await project.groundplan("bootstrap"));
  // What comes first has Terraform start its own provider, as a user's does.
  await project.useProvider(emulator.provider);
});

afterAll(async () => {
  project?.remove();
  await emulator?.stop();
});

/** Starts a deploy and waits until its Terraform has the lock; nothing is made yet. */
async function locked(): Promise<ChildProcess> {
  const deploy = project.start("deploy", "dev-network", "--auto-approve");
  const { AWS_ENDPOINT_URL: endpoint = "", AWS_REGION: region = "" } = emulator.environment;
  const credentials = { accessKeyId: "groundplan-local", secretAccessKey: "groundplan-local" };
  const dynamodb = new DynamoDBClient({ endpoint, region, credentials });
  const scan = new ScanCommand({ TableName: "groundplan-terraform-locks", ConsistentRead: true });
  for (;;) {
    const { Items = [] } = await dynamodb.send(scan);
    if (Items.some(({ LockID, Info }) => LockID?.S?.includes("dev/network") && Info)) return deploy;
    if (deploy.exitCode !== null) throw new Error("the deploy ended before it took the lock");
    await setTimeout(50);
  }
}

/** A process and all below it: cdktf gives Terraform a terminal, and so a group, of its own. */
function family(root: number): readonly number[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        return [[Number(pid), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])] as const];
      } catch {
        return [];
      }
    });
  const below = (pid: number): number[] => [
    pid,
    ...parents.filter(([, parent]) => parent === pid).flatMap(([child]) => below(child)),
  ];
  return below(root);
}

async function kill(deploy: ChildProcess): Promise<void> {
  const closed = once(deploy, "close");
  for (const pid of family(deploy.pid ?? 0)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended with the one before it.
    }
  }
  await closed;
}

test("bootstrap again changes nothing", async () => {
  succeeded(await project.groundplan("bootstrap"));
  succeeded(await project.terraform("state", "init", "-input=false"));
  const plan = await project.terraform("state", "plan", "-input=false", "-detailed-exitcode");
  expect(plan).toMatchObject({ code: 0, output: expect.stringContaining("No changes.") });
});

test("after kill -9 the lock that is left is named, and is released by its id", async () => {
  // WHEN
  await kill(await locked());
  // THEN
  const refused = await project.cdktf("deploy", "dev-network", "--auto-approve");
  expect(refused.code).not.toBe(0);
  const failure = failureOf("deploying dev-network", refused.output, project.stack("dev-network"), {
    mask: (text) => text,
  });
  expect(failure.exitCode).toBe(4);
  const [, id] = /force-unlock ([0-9a-f-]{36})$/.exec(failure.message) ?? [];
  if (!id) throw new Error(`no id of the lock\n${failure.message}`);
  succeeded(await project.terraform("dev-network", "force-unlock", "-force", id));
});

test("dev by cdktf after that: diff, deploy, an empty second diff, an empty plan in the folder, destroy", async () => {
  // WHEN
  const first = succeeded(await project.cdktf("diff", "dev-network"));
  expect(first).toMatch(/Plan: \d+ to add, 0 to change, 0 to destroy/);
  succeeded(await project.cdktf("deploy", ...DEV, "--auto-approve"));
  // THEN
  for (const stack of DEV) {
    const second = succeeded(await project.cdktf("diff", stack));
    expect(second).toContain("No changes. Your infrastructure matches the configuration.");
    const plan = await project.terraform(stack, "plan", "-input=false", "-detailed-exitcode");
    expect(plan).toMatchObject({ code: 0 });
  }
  succeeded(await project.destroy(...DEV));
  const left = succeeded(await project.terraform("dev-network", "state", "list"));
  expect(left.trim()).toBe("");
});

test("a change in the folder is seen by the plan", async () => {
  // Nothing of dev stands any more: a plan that is empty all the same would prove nothing above.
  const plan = await project.terraform("dev-registry", "plan", "-input=false", "-detailed-exitcode");
  expect(plan.code).toBe(2);
});

// The last one turns most on; what else there is to a network or a registry, their own suites deploy.
const last = environments.at(-1)?.name;
const others = [`${last}-network`, `${last}-registry`];

test.each(others)("%s by Terraform: apply, an empty plan, destroy", async (stack) => {
  succeeded(await project.terraform(stack, "init", "-input=false", "-lockfile=readonly"));
  succeeded(await project.terraform(stack, "apply", "-input=false", "-auto-approve"));
  const plan = await project.terraform(stack, "plan", "-input=false", "-detailed-exitcode");
  expect(plan).toMatchObject({ code: 0 });
  succeeded(await project.terraform(stack, "destroy", "-input=false", "-auto-approve"));
});
