import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "../cli/groundplan";
import { until } from "../cli/plan/held-plan";
import { TABLE } from "../cli/plan/project";
import { endTwice } from "./kills/end-twice";
import { atApp, atRequest, atTerraform, atUnlock, type MakeHold } from "./kills/holds";
import { ARTIFACTS, KillProject } from "./kills/project";

let project: KillProject;
let changes = 0;

beforeAll(async () => {
  build();
  project = await KillProject.start();
});
afterAll(() => project?.stop());

/**
 * With `GROUNDPLAN_KILLS=all` every point gets every signal. Without, each gets SIGKILL, and the last point of each command that
 * changes something one of the others: what a run does then is the same code at every point.
 */
const ALL = process.env.GROUNDPLAN_KILLS === "all";

const PLAN = ["plan", "dev-tiny", "--out"];
const APPLY = ["apply", "dev-tiny", "--auto-approve", "--result", "results"];
const DESTROY = ["destroy", "dev-tiny", "--auto-approve", "--result", "results-destroy"];
const DRIFT = ["drift", "--concurrency", "1"];
const AFFECTED = ["affected", "--base", "main"];
const LOCK = ["lock", "--platform", "linux_amd64"];
const PUBLISH = ["artifact", "publish"];
const DEPLOY = ["artifact", "deploy", "dev", "--at-once"];
const PROMOTE = ["artifact", "promote", "prod", "--from", "dev", "--at-once"];
const ROLLBACK = ["artifact", "rollback", "dev"];
const PRUNE = ["artifact", "prune", "--keep", "1", "--yes"];

/** Those that change nothing but a lock. */
const READS: readonly (readonly string[])[] = [PLAN, DRIFT, AFFECTED];

const atS3 = (method: string, ending: RegExp): MakeHold =>
  atRequest(
    (request) => request.startsWith(`${method} /${ARTIFACTS}/`) && ending.test(request.split("?")[0] ?? ""),
  );
const atLambda = (pattern: RegExp): MakeHold => atRequest((request) => pattern.test(request));

const AT_CODE = atLambda(/^PUT \/2015-03-31\/functions\/kills-dev-api\/code/);
const AT_ALIAS = atLambda(/^PUT \/2015-03-31\/functions\/kills-\w+-api\/aliases/);
const AT_STATE = atRequest((request) => /^PUT \/plans-state\/dev-tiny/.test(request));

/**
 * Every command that writes, and each point at which it may be ended. A deploy leaves what is promoted, what is gone back
 * to, and what is pruned: the order saves deploys, each of which waits 5 s for Lambda in the provider.
 */
const POINTS: readonly (readonly [string, readonly string[], MakeHold])[] = [
  ["the app synthesizes", PLAN, atApp()],
  ["Terraform initializes", PLAN, atTerraform("init")],
  ["Terraform holds the lock", PLAN, atUnlock],
  ["Terraform shows the plan", PLAN, atTerraform("show")],
  ["the app synthesizes", APPLY, atApp()],
  ["Terraform plans", APPLY, atTerraform("plan")],
  ["Terraform begins", APPLY, atTerraform("apply")],
  ["Terraform saves the state", APPLY, AT_STATE],
  ["Terraform plans", DRIFT, atTerraform("plan")],
  ["the base is synthesized", AFFECTED, atApp("groundplan-base-")],
  ["the head is synthesized", AFFECTED, atApp()],
  ["the providers are locked", LOCK, atTerraform("providers")],
  ["the zip is uploaded", PUBLISH, atS3("PUT", /\.zip$/)],
  ["it is noted in the index", PUBLISH, atS3("PUT", /\/index\/api\.json$/)],
  ["Terraform plans", DEPLOY, atTerraform("plan")],
  ["the alias is switched", DEPLOY, AT_ALIAS],
  ["Terraform plans", PROMOTE, atTerraform("plan")],
];

/** As {@link POINTS}, after some more deploys. */
const LATER: typeof POINTS = [
  // Each of its runs needs a deploy before it.
  ...(ALL ? [["the alias is switched", PROMOTE, AT_ALIAS] as const] : []),
  ["Terraform plans", ROLLBACK, atTerraform("plan")],
  ["the alias is switched", ROLLBACK, AT_ALIAS],
  ["a version is deleted", PRUNE, atLambda(/^DELETE \/2015-03-31\/functions\/kills-dev-api/)],
];

/** Makes something to be done by a command at a point. */
async function prepare(args: readonly string[], hold?: MakeHold): Promise<void> {
  if (args === ROLLBACK || args === PRUNE || (args === PROMOTE && hold !== AT_ALIAS)) return;
  changes += 1;
  project.change(`change ${changes}`);
  if (args === DEPLOY || args === PROMOTE) await project.succeed(PUBLISH);
  if (args === PROMOTE) await project.succeed(DEPLOY);
}

test("a first artifact is pinned, and its stacks are applied", async () => {
  await project.succeed(PUBLISH);
  // Nothing runs yet: it is pinned for the first apply.
  expect(await project.run(DEPLOY)).toMatchObject({ code: 1 });
  expect(await project.run(["artifact", "deploy", "prod"])).toMatchObject({ code: 1 });
  await project.succeed(["apply", "--auto-approve", "--environment", "dev", "prod"]);
});

const rows = (points: typeof POINTS) =>
  points.map(([phase, args, hold], index) => {
    const isLast = points.findLastIndex(([, other]) => other === args) === index;
    const one = index % 2 === 0 ? "SIGTERM" : "SIGINT";
    const others = isLast && !READS.includes(args) ? ([one] as const) : [];
    const signals: readonly NodeJS.Signals[] = ALL ? ["SIGINT", "SIGTERM"] : others;
    return { phase, args, hold, signals, command: args.join(" ") };
  });

async function endAt({ args, phase, hold, signals }: ReturnType<typeof rows>[number]): Promise<void> {
  const again = () => prepare(args, hold);
  await again();
  await endTwice(project, { args, phase, hold, again }, signals);
}

test.each(rows(POINTS))("$command, ended while $phase, leaves nothing, and runs to its end", endAt);

test("a deploy that is killed while Lambda is sent the code is completed by the same deploy", async () => {
  await prepare(DEPLOY);
  await endTwice(project, { args: DEPLOY, phase: "Lambda is sent the code", hold: AT_CODE }, []);
});

const NOTED = [
  ["Lambda is sent the code", AT_CODE],
  ["Lambda publishes it", atLambda(/^POST \/2015-03-31\/functions\/kills-dev-api\/versions/)],
] as const;

test.each(ALL ? NOTED : NOTED.slice(0, 1))(
  "a deploy that is interrupted while %s, which never happens, is completed by the same deploy",
  async (_, makeHold) => {
    await prepare(DEPLOY);
    const hold = await project.hold(makeHold);
    const cut = await project.startTo(hold, DEPLOY);
    cut.child.kill("SIGINT");
    expect(await cut.ended).toBe(130);
    hold.close();
    // The provider has noted the code in the state, and Terraform sees no difference any more.
    expect(await project.succeed(DEPLOY)).toContain("deployed");
    // Neither does it in the end, now that it runs: exit code 0.
    await project.succeed(["plan", "dev-api", "--detailed-exitcode"]);
    expect(await project.leftovers()).toEqual([]);
  },
);

test.each(rows(LATER))("$command, ended while $phase, leaves nothing, and runs to its end", endAt);

describe("a restore", () => {
  test.each([
    ["what was current is read", atRequest((request) => /^GET \/plans-state\/dev-tiny/.test(request))],
    ["Terraform initializes", atTerraform("init")],
    ["Terraform begins", atTerraform("state")],
    ["Terraform writes the state", AT_STATE],
    ["its checksum is written", atRequest((request, body) => request === "PutItem" && body.includes("-md5"))],
    ["its lock is released", atUnlock],
  ] as const)("that is ended while %s leaves no lock, and runs to its end", async (phase, hold) => {
    const output = await project.succeed(["state", "versions", "dev-tiny", "--json"]);
    const old = (JSON.parse(output) as { versions: readonly { readonly id: string }[] }).versions.at(-1);
    const args = ["state", "restore", "dev-tiny", old?.id ?? "", "--yes"];
    const others = phase === "its lock is released" ? (["SIGINT"] as const) : [];
    await endTwice(project, { args, phase, hold }, ALL ? ["SIGINT", "SIGTERM"] : others);
  });
});

describe("the lock of a state", () => {
  test("is released by the same unlock after one that was killed, and one that was interrupted", async () => {
    const args = ["state", "unlock", "dev-tiny", await project.leaveLock("dev-tiny"), "--yes"];
    const releasing = await project.hold(atUnlock);
    const killed = await project.startTo(releasing, args);
    killed.child.kill("SIGKILL");
    await killed.ended;
    releasing.close();
    const looking = await project.hold(atRequest((request) => request === "GetItem"));
    const cut = await project.startTo(looking, args);
    cut.child.kill("SIGTERM");
    await until(() => /stopping/.test(cut.said()));
    looking.release();
    expect({ code: await cut.ended, said: cut.said() }).toEqual({
      code: 130,
      said: expect.stringContaining("the lock stays"),
    });
    looking.close();
    await project.succeed(args);
    expect(await project.leftovers()).toEqual([]);
  });
});

test("four runs at once in one checkout come to their end, one after the other where they write the same", async () => {
  project.change("four at once");
  await project.succeed(PUBLISH);
  const runs = Array.from({ length: 2 }, (_, index) => [
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
  expect(await project.leftovers()).toEqual([]);
});

describe("a destroy", () => {
  /** Something to destroy. */
  const stand = async () => {
    await prepare(APPLY);
    await project.succeed(APPLY);
  };
  const gone = async () =>
    expect(await project.succeed(DESTROY)).toContain("Nothing to destroy: nothing stands.");

  // What a killed run has left at work destroys it: there is nothing to end a second time.
  test.each([
    ["Terraform plans", atTerraform("plan"), ["SIGTERM"]],
    ["Terraform begins", atTerraform("apply"), []],
    ["Terraform saves the state", AT_STATE, []],
  ] as const)("that is ended while %s leaves nothing, and runs to its end", async (phase, hold, signals) => {
    await stand();
    await endTwice(project, { args: DESTROY, phase, hold }, signals);
    await gone();
  });

  test("that is interrupted while Terraform saves the state has saved it", async () => {
    await stand();
    const hold = await project.hold(AT_STATE);
    const cut = await project.startTo(hold, DESTROY);
    cut.child.kill("SIGINT");
    await until(() => /stopping/.test(cut.said()));
    hold.release();
    expect(await cut.ended).toBe(130);
    hold.close();
    expect(await project.leftovers()).toEqual([]);
    await gone();
  });
});

describe("the checker", () => {
  test("sees a plan in clear, and a folder that no run removed", async () => {
    const folder = join(project.plans.path, ".groundplan", "work-99999999-000000");
    mkdirSync(folder);
    writeFileSync(join(folder, "dev-tiny.tfplan"), "PK");
    expect(await project.leftovers()).toEqual([".groundplan/work-99999999-000000"]);
    expect(project.inClear()).toEqual(["work-99999999-000000/dev-tiny.tfplan"]);
    // Any command removes it, also one that runs no Terraform.
    await project.run(["state", "locks"]);
    expect(await project.leftovers()).toEqual([]);
  });

  test("sees a folder in the temporary folder, and a lock that nobody releases", async () => {
    mkdirSync(join(project.temporary, "groundplan-artifact-x"));
    await project.plans.account.lockInTable(TABLE, "left");
    expect(await project.leftovers()).toEqual([
      "temporary folder groundplan-artifact-x",
      "lock left/state/terraform.tfstate",
    ]);
  });
});
