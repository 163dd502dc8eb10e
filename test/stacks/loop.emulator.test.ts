import { environments } from "../../overlays";
import { type Emulator, startEmulator } from "../emulator";
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
}, 400_000);

afterAll(async () => {
  project?.remove();
  await emulator?.stop();
}, 60_000);

test("bootstrap again changes nothing", async () => {
  succeeded(await project.groundplan("bootstrap"));
  succeeded(await project.terraform("state", "init", "-input=false"));
  const plan = await project.terraform("state", "plan", "-input=false", "-detailed-exitcode");
  expect(plan).toMatchObject({ code: 0, output: expect.stringContaining("No changes.") });
});

test("dev by cdktf: diff, deploy, an empty second diff, an empty plan in the folder, destroy", async () => {
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

const others = environments
  .map(({ name }) => name)
  .filter((name) => name !== "dev")
  .flatMap((name) => [`${name}-network`, `${name}-registry`]);

test.each(others)("%s by Terraform: apply, an empty plan, destroy", async (stack) => {
  succeeded(await project.terraform(stack, "init", "-input=false", "-lockfile=readonly"));
  succeeded(await project.terraform(stack, "apply", "-input=false", "-auto-approve"));
  const plan = await project.terraform(stack, "plan", "-input=false", "-detailed-exitcode");
  expect(plan).toMatchObject({ code: 0 });
  succeeded(await project.terraform(stack, "destroy", "-input=false", "-auto-approve"));
});
