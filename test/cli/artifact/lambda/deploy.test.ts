import type { CliError } from "../../../../cli/console/errors";
import type { RequestFault } from "../fault-injector";
import { worldWith } from "../planted";
import type { Beside, World } from "../world";
import { Worlds } from "../worlds";

let worlds: Worlds;
let world: World;

beforeAll(async () => {
  worlds = await Worlds.open();
});

beforeEach(async () => {
  worlds.faultInjector.begin();
  world = worlds.next();
  await world.begin();
});

afterAll(() => worlds?.close());

/** The error that a deploy ends with: its exit code and its lines. */
async function failed(
  environment: "dev" | "staging",
  to: string,
  beside: Beside,
  fault?: RequestFault,
): Promise<[number, string]> {
  worlds.faultInjector.begin(fault);
  const command = { kind: "deploy", environment, to, atOnce: false } as const;
  const error = await world.carryOut(command, beside).then(
    () => undefined,
    (one: CliError) => one,
  );
  worlds.faultInjector.begin();
  if (!error) throw new Error("it did not fail");
  return [error.exitCode, error.message];
}

const short = (content: string) => world.hashOf(content).slice(0, 12);
const plan = (after = 0) => ({ breaks: { at: "plan", how: "fails", after } }) as const;
const pinned = async (environment: "dev" | "staging") =>
  (await world.pinOf(environment))?.sha256.slice(0, 12);

test("a plan that fails puts back what was pinned, and nothing is added to what Terraform says", async () => {
  expect(await failed("dev", "a", plan())).toEqual([1, "Terraform fails at plan"]);
  expect(await pinned("dev")).toBe(short("b"));
});

test("where credentials expire before the pin is put back, what is pinned is told, and how to go on", async () => {
  // Index, alias, version, contract; pin, object, index, write, object, index: then the plan fails.
  const [code, message] = await failed("dev", "a", plan(), { at: 11, how: "expired" });
  expect(code).toBe(1);
  expect(message).toContain(
    `Terraform fails at plan\n  ${short("a")} is pinned in dev, and what was before could not be put back: the AWS credentials are not accepted`,
  );
  expect(message).toContain(
    `go on: npx groundplan artifact deploy dev --service ${world.service} --to ${short("a")}`,
  );
  expect(await pinned("dev")).toBe(short("a"));
});

test("where what was pinned before is gone meanwhile, the pin stays, and that is told", async () => {
  worlds.faultInjector.onRequest = async (number) => {
    if (number !== 11) return;
    worlds.faultInjector.onRequest = async () => undefined;
    await world.remove("b");
  };
  expect(await failed("dev", "a", plan())).toEqual([
    1,
    `Terraform fails at plan\n  ${short("a")} was pinned in dev, and what was pinned before is gone: ${short("b")}`,
  ]);
  expect(await pinned("dev")).toBe(short("a"));
});

test("where the plan for all callers fails, it is told how many still get what was tried", async () => {
  expect(await failed("staging", "b", plan(1))).toEqual([
    1,
    [
      "Terraform fails at plan",
      `50 % of the callers in staging still get ${short("b")}, and no alarm is watched`,
      `go on: npx groundplan artifact deploy staging --service ${world.service} --to ${short("b")}`,
      `take it back: npx groundplan artifact rollback staging --service ${world.service}`,
    ].join("\n  "),
  ]);
});

test("where the way back after an alarm fails, it is told that callers still get what was tried", async () => {
  const [code, message] = await failed("staging", "b", { ...plan(1), meanwhile: "an alarm goes on" });
  expect(code).toBe(1);
  for (const line of [
    "Terraform fails at plan",
    `50 % of the callers in staging still get ${short("b")}, and no alarm is watched`,
    `staging should go back, and did not: an alarm went on while ${short("b")} was tried`,
    `go back to another: npx groundplan artifact rollback staging --service ${world.service} --to <hash>`,
  ])
    expect(message).toContain(line);
});

test("an apply that ends half way leaves the pin, and says how to go on", async () => {
  const broken = await failed("dev", "a", { breaks: { at: "middle", how: "fails" } });
  const interrupted = await failed("dev", "b", { breaks: { at: "middle", how: "is interrupted" } });
  expect(broken).toEqual([
    1,
    expect.stringContaining(
      `Terraform fails at middle\n  ${short("a")} is pinned in dev, and may not run yet\n`,
    ),
  ]);
  expect(interrupted).toEqual([
    130,
    expect.stringContaining(`interrupted\n  ${short("b")} is pinned in dev, and may not run yet\n  go on: `),
  ]);
});

test("what was tried is not given to all over what somebody has pinned meanwhile", async () => {
  await world.carryOut({ kind: "publish", content: "c" });
  expect(await failed("staging", "b", { meanwhile: "somebody pins the newest" })).toEqual([
    4,
    expect.stringMatching(/^another run pinned service-\d+ in staging just now\n/),
  ]);
  expect(await pinned("staging")).toBe(short("c"));
});

test("where nothing would tell that it is at fault, nothing is tried", async () => {
  await world.say("staging", JSON.stringify({ canaryPercent: 50, canaryMinutes: 5, alarmNames: ["gone"] }));
  const [code, message] = await failed("staging", "b", {});
  expect(code).toBe(4);
  expect(message).toMatch(
    /^alarms of staging are not there, [\s\S]*\n {2}gone\n {2}deploy their stack: npx cdktf deploy/,
  );
  await world.say("staging", "half a docu");
  expect(await failed("staging", "b", {})).toEqual([
    1,
    expect.stringMatching(
      /^parameter \/groundplan\/staging\/[^ ]+ does not say how staging switches: it holds no JSON/,
    ),
  ]);
  expect(await pinned("staging")).toBe(short("a"));
  // And a way back does not ask how the environment switches.
  const back = await world.carryOut({ kind: "rollback", environment: "staging" });
  expect(back.deployed?.outcome).toBe("deployed");
});

test("the same bytes from another commit run already, so the way back goes to what ran before", async () => {
  const deploy = { kind: "deploy", environment: "dev", atOnce: false } as const;
  await world.carryOut({ kind: "publish", content: "b", commit: "later" });
  const [pin, running] = [await world.pinOf("dev"), await world.runningIn("dev")];
  const again = await world.carryOut(deploy);
  expect(again).toMatchObject({
    artifact: { commit: "later" },
    deployed: { outcome: "unchanged", commit: "commit-of-b" },
  });
  expect([await world.pinOf("dev"), await world.runningIn("dev")]).toEqual([pin, running]);
  // What is published next is new, and a way back from it goes to these bytes.
  await world.carryOut({ kind: "publish", content: "c" });
  expect((await world.carryOut(deploy)).deployed?.outcome).toBe("deployed");
  await world.carryOut({ kind: "rollback", environment: "dev" });
  expect(await pinned("dev")).toBe(short("b"));
});

test("a planted fault is found: what runs already is deployed again", async () => {
  world = worlds.next(worldWith("lambda/deploy.ts", "if (last && isPinned(artifact, last))", "if (false)"));
  await world.begin();
  await world.carryOut({ kind: "publish", content: "b", commit: "later" });
  const before = await world.runningIn("dev");
  await world.carryOut({ kind: "deploy", environment: "dev", atOnce: false });
  const running = await world.runningIn("dev");
  expect(running?.sourceCodeHash).toBe(before?.sourceCodeHash);
  expect(running?.version).not.toBe(before?.version);
});

test("where the object of what runs was uploaded anew, it is pinned, and nobody gets anything new", async () => {
  const deploy = { kind: "deploy", environment: "dev", atOnce: false } as const;
  const { versionId } = (await world.pinOf("dev")) ?? {};
  await world.uploadAnew("b");
  expect((await world.carryOut(deploy)).deployed?.outcome).toBe("unchanged");
  expect((await world.pinOf("dev"))?.versionId).not.toBe(versionId);
});

test("what somebody has pinned while an alarm went on stays", async () => {
  await world.carryOut({ kind: "publish", content: "c" });
  const [code, message] = await failed("staging", "b", { meanwhile: "somebody pins, and an alarm goes on" });
  expect(code).toBe(4);
  expect(message).toMatch(
    /^another run pinned service-\d+ in staging just now\n[\s\S]*staging should go back, and did not: an alarm went on/,
  );
  expect(await pinned("staging")).toBe(short("c"));
});

test("a planted fault is found: what somebody has pinned meanwhile is not looked at", async () => {
  world = worlds.next(
    worldWith("lambda/deploy.ts", "pins.rollBack(before, pinned)", "pins.rollBack(before)"),
  );
  await world.begin();
  await world.carryOut({ kind: "publish", content: "c" });
  await failed("staging", "b", { meanwhile: "somebody pins, and an alarm goes on" });
  expect(await pinned("staging")).not.toBe(short("c"));
});

test.each(["rollback", "deploy"] as const)(
  "a %s while a deploy step by step watches is not undone when that ends",
  async (kind) => {
    await world.carryOut({ kind: "publish", content: "c" });
    const alarmNames = [`${world.target("staging").functionName}-errors`];
    // 1.5 seconds.
    await world.say("staging", JSON.stringify({ canaryPercent: 50, canaryMinutes: 0.025, alarmNames }));
    let begin: () => void = () => undefined;
    const watches = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const tries = { kind: "deploy", environment: "staging", to: "c", atOnce: false } as const;
    const ends = expect(world.carryOut(tries, { onWatch: () => begin() })).rejects.toThrow(
      /^another run pinned service-\d+ in staging just now/,
    );
    await watches;
    const other = { environment: "staging", to: kind === "rollback" ? "a" : "b" } as const;
    await world.carryOut(kind === "rollback" ? { kind, ...other } : { kind, ...other, atOnce: true });
    await ends;
    expect(await pinned("staging")).toBe(short(other.to));
    expect(await world.runningIn("staging")).toMatchObject({
      sourceCodeHash: (await world.pinOf("staging"))?.sourceCodeHash,
      weights: {},
    });
  },
);
