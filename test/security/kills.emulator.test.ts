import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "../cli/groundplan";
import { TABLE } from "../cli/plan/project";
import { atApp, atRequest, atTerraform, atUnlock, type MakeHold } from "./kills/holds";
import { inClear, leftovers } from "./kills/leftovers";
import { ARTIFACTS, endTwice, KillProject } from "./kills/project";

let project: KillProject;
let changes = 0;

beforeAll(async () => {
  build();
  project = await KillProject.start();
});
afterAll(() => project?.stop());

/** With `GROUNDPLAN_KILLS=all` every point gets every signal. */
const ALL = process.env.GROUNDPLAN_KILLS === "all";

const PLAN = ["plan", "dev-tiny"];
const APPLY = ["apply", "dev-tiny", "--auto-approve"];
const DRIFT = ["drift", "--concurrency", "1"];
const AFFECTED = ["affected", "--base", "main"];
const LOCK = ["lock", "--platform", "linux_amd64"];
const PUBLISH = ["artifact", "publish"];
const DEPLOY = ["artifact", "deploy", "dev", "--at-once"];
const ROLLBACK = ["artifact", "rollback", "dev"];
const PRUNE = ["artifact", "prune", "--keep", "1", "--yes"];

const atS3 = (method: string, ending: RegExp): MakeHold =>
  atRequest(
    (request) => request.startsWith(`${method} /${ARTIFACTS}/`) && ending.test(request.split("?")[0] ?? ""),
  );
const atLambda = (pattern: RegExp): MakeHold => atRequest((request) => pattern.test(request));

const AT_CODE = atLambda(/^PUT \/2015-03-31\/functions\/kills-dev-api\/code/);

/** Every command that writes, and each point at which it may be ended. */
const POINTS: readonly (readonly [string, readonly string[], MakeHold])[] = [
  ["the app synthesizes", PLAN, atApp()],
  ["Terraform initializes", PLAN, atTerraform("init")],
  ["Terraform holds the lock", PLAN, atUnlock],
  ["Terraform shows the plan", PLAN, atTerraform("show")],
  ["the app synthesizes", APPLY, atApp()],
  ["Terraform plans", APPLY, atTerraform("plan")],
  ["Terraform begins", APPLY, atTerraform("apply")],
  ["Terraform saves the state", APPLY, atRequest((request) => /^PUT \/plans-state\/dev-tiny/.test(request))],
  ["Terraform plans", DRIFT, atTerraform("plan")],
  ["the base is synthesized", AFFECTED, atApp("groundplan-base-")],
  ["the head is synthesized", AFFECTED, atApp()],
  ["the providers are locked", LOCK, atTerraform("providers")],
  ["the zip is uploaded", PUBLISH, atS3("PUT", /\.zip$/)],
  ["it is noted in the index", PUBLISH, atS3("PUT", /\/index\/api\.json$/)],
  ["Terraform plans", DEPLOY, atTerraform("plan")],
  ["the alias is switched", DEPLOY, atLambda(/^PUT \/2015-03-31\/functions\/kills-dev-api\/aliases/)],
  ["Terraform plans", ROLLBACK, atTerraform("plan")],
  ["the alias is switched", ROLLBACK, atLambda(/^PUT \/2015-03-31\/functions\/kills-dev-api\/aliases/)],
  ["a version is deleted", PRUNE, atLambda(/^DELETE \/2015-03-31\/functions\/kills-dev-api/)],
];

/** Makes something to be done by a command. */
async function prepare(args: readonly string[]): Promise<void> {
  changes += 1;
  project.change(`change ${changes}`);
  if (args[0] !== "artifact" || args === PUBLISH) return;
  await project.succeed(PUBLISH);
  if (args === DEPLOY) return;
  await project.succeed(DEPLOY);
}

test("a first artifact is pinned, and its stack is applied", async () => {
  await project.succeed(PUBLISH);
  // Nothing runs yet: it is pinned for the first apply.
  expect(await project.run(DEPLOY)).toMatchObject({ code: 1 });
  await project.succeed(["apply", "--auto-approve"]);
});

test.each(
  POINTS.map(([phase, args, hold], index) => ({ phase, args, hold, index, command: args.join(" ") })),
)(
  "$command, ended while $phase, leaves nothing, and runs to its end",
  async ({ phase, args, hold, index }) => {
    await prepare(args);
    const one = index % 2 === 0 ? "SIGTERM" : "SIGINT";
    const isOfBefore = args === ROLLBACK || args === PRUNE;
    const again = () => (isOfBefore ? Promise.resolve() : prepare(args));
    await endTwice(project, { args, phase, hold, again }, ALL ? ["SIGINT", "SIGTERM"] : [one]);
  },
);

test("a deploy that is killed while Lambda is sent the code is completed by the same deploy", async () => {
  await prepare(DEPLOY);
  await endTwice(project, { args: DEPLOY, phase: "", hold: AT_CODE, again: async () => undefined }, []);
});

test("a deploy that is interrupted while Lambda is sent the code says what runs, and a way back and the deploy mend it", async () => {
  await prepare(DEPLOY);
  const hold = await project.hold(AT_CODE);
  const cut = await project.startTo(hold, DEPLOY);
  cut.child.kill("SIGINT");
  expect(await cut.ended).toBe(130);
  hold.close();
  // The provider notes in the state what it was about to change, and Terraform sees no difference any more.
  const next = await project.run(DEPLOY);
  expect(next).toMatchObject({ code: 1, output: expect.stringMatching(/dev does not run [0-9a-f]{12}/) });
  await project.succeed(ROLLBACK);
  await project.succeed(DEPLOY);
  expect(await leftovers(project.rooms)).toEqual([]);
});

test("a restore that is killed leaves its lock, which the next one names with the command that releases it", async () => {
  await project.succeed(["apply", "dev-tiny", "--auto-approve"]);
  const output = await project.succeed(["state", "versions", "dev-tiny", "--json"]);
  const [, old] = JSON.parse(output) as readonly { readonly id: string }[];
  const restore = ["state", "restore", "dev-tiny", old?.id ?? "", "--yes"];
  const hold = await project.hold(atRequest((request) => /^PUT \/plans-state\/dev-tiny/.test(request)));
  const killed = await project.startTo(hold, restore);
  killed.child.kill("SIGKILL");
  await killed.ended;
  hold.close();

  expect((await project.run(restore)).code).toBe(4);
  const named = await project.run(["state", "locks"]);
  const [, stack = "", id = ""] = /groundplan state unlock (\S+) (\S+)/.exec(named.output) ?? [];
  expect(stack).toBe("dev-tiny");
  const unlocking = await project.hold(atUnlock);
  const unlock = ["state", "unlock", stack, id, "--yes"];
  const cut = await project.startTo(unlocking, unlock);
  cut.child.kill("SIGKILL");
  await cut.ended;
  unlocking.close();
  await project.succeed(unlock);
  await project.succeed(restore);
  expect(await leftovers(project.rooms)).toEqual([]);
});

test("six runs at once in one checkout come to their end, one after the other where they write the same", async () => {
  project.change("six at once");
  await project.succeed(PUBLISH);
  const runs = Array.from({ length: 3 }, (_, index) => [
    project.run(["apply", "dev-api", "--auto-approve", "--result", `results${index}`]),
    project.run(DEPLOY),
  ]);
  const ended = await Promise.all(runs.flat());
  for (const { code, output } of ended) {
    expect(output).not.toMatch(/synth failed|cannot be read|ENOENT|JSON/);
    if (code !== 0)
      expect(output).toMatch(/another run pinned api in dev just now|the state is locked|stale/);
  }
  expect(ended.map(({ output }) => output).join("")).toMatch(
    /waiting for another run that (?:synthesizes here|works on \S+ here): process \d+, groundplan (?:apply dev-api|artifact deploy dev)/,
  );
  expect(await leftovers(project.rooms)).toEqual([]);
});

describe("the checker", () => {
  test("sees a plan in clear, and a folder that no run removed", async () => {
    const folder = join(project.plans.path, ".groundplan", "work-99999999-000000");
    mkdirSync(folder);
    writeFileSync(join(folder, "dev-tiny.tfplan"), "PK");
    expect(await leftovers(project.rooms)).toEqual([".groundplan/work-99999999-000000"]);
    expect(inClear({ project: project.plans.path })).toEqual(["work-99999999-000000/dev-tiny.tfplan"]);
    // Any command removes it, also one that runs no Terraform.
    await project.run(["state", "locks"]);
    expect(await leftovers(project.rooms)).toEqual([]);
  });

  test("sees a folder in the temporary folder, and a lock that nobody releases", async () => {
    mkdirSync(join(project.temporary, "groundplan-artifact-x"));
    await project.plans.account.lockInTable(TABLE, "left");
    expect(await leftovers(project.rooms)).toEqual([
      "temporary folder groundplan-artifact-x",
      "lock left/state/terraform.tfstate",
    ]);
  });
});
