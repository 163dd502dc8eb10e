import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { freePorts } from "../../../local/process/free-ports";
import { CdktfProject, type Ended, ended, succeeded } from "../../stacks/cdktf-project";
import { documentOf } from "../formats/held";

const project = new CdktfProject();
let port = 0;

beforeAll(async () => {
  [port = 0] = await freePorts(1);
});

afterAll(async () => {
  await project.groundplan("local", "down");
  project.remove();
});

/** How often the emulator has answered when it was asked for something. */
function asked(operation: string): number {
  const log = join(project.path, ".groundplan", "local", "gateway.log");
  return existsSync(log) ? readFileSync(log, "utf8").split(`"operation":"${operation}"`).length - 1 : 0;
}

/** Runs the demo, and interrupts it when the emulator was asked for each of these things so many times. */
async function demoInterruptedAt(operations: Readonly<Record<string, number>>): Promise<Ended> {
  const script = join(__dirname, "..", "..", "..", "cli", "bin", "groundplan.js");
  const demo = spawn(process.execPath, [script, "local", "demo", "--port", String(port)], {
    cwd: project.path,
    env: project.variables,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const result = ended(demo);
  const isThere = () => Object.entries(operations).every(([operation, times]) => asked(operation) >= times);
  while (!isThere() && demo.exitCode === null) await setTimeout(100);
  demo.kill("SIGINT");
  return result;
}

test("Ctrl-C while the demo deploys saves what was made and leaves no lock", async () => {
  // GIVEN an emulator that outlives the demo, so that what is left can be looked at
  succeeded(await project.groundplan("local", "up", "--port", String(port)));
  // WHEN
  const interrupted = await demoInterruptedAt({ CreateSubnet: 6, CreateVpcEndpoint: 2 });
  // THEN
  expect(interrupted.code).toBe(130);
  expect(interrupted.output).toContain("interrupted");
  const printed = succeeded(await project.groundplan("local", "env", "--json"));
  const { variables } = documentOf<{ variables: Record<string, string> }>("local-env", printed);
  const listed = await project.terraformAt(variables, "dev-network", "state", "list");
  // The state loads, and has what stood at the interruption: two tiers in three zones.
  expect(succeeded(listed).match(/^aws_subnet\./gm)).toHaveLength(6);
  // A plan takes the lock: nobody holds it.
  succeeded(await project.terraformAt(variables, "dev-network", "plan", "-input=false", "-no-color"));
  expect(succeeded(await project.groundplan("local", "down"))).toContain("Ended");
});
