import { operationOf } from "../../../services/runner-core/src/operation";
import { modelWith } from "./model/planted";
import { type Invocation, SETTINGS, World } from "./model/world";

const CALM: Invocation = { trouble: {}, lag: 0 };

/** A fleet with an instance that is busy and one that waits; a job waits for the larger pool. */
async function fleet(world = new World()): Promise<World> {
  for (let job = 0; job < 2; job++) world.queue(false);
  while (world.webhooks.length > 0) await world.deliver(0, false, CALM);
  await world.scaleUp(10, CALM);
  world.ec2.boot();
  world.github.assign(1);
  world.queue(true);
  world.remember();
  return world;
}

test("list has every instance with its runner, and how it stands", async () => {
  const world = await fleet();
  const answer = await world.operate({ operation: "list" }, CALM);
  expect(answer).toMatchObject({
    instances: [
      { pool: "small", keep: false, runner: { online: true } },
      { pool: "small", keep: false, runner: { online: true } },
    ],
    runners: [],
  });
  const instances = answer && "instances" in answer ? answer.instances : [];
  expect(instances.map(({ state }) => state).sort()).toEqual(["busy", "idle"]);
});

test("an instance whose runner never came is silent, and the mark by which it ends is shown", async () => {
  const world = new World();
  world.ec2.nextBoot = "never";
  world.queue(false);
  await world.deliver(0, false, CALM);
  await world.scaleUp(10, CALM);
  world.time += SETTINGS.bootSeconds + 1;
  world.remember();
  await world.scaleDown(CALM);
  world.remember();
  expect(await world.operate({ operation: "list" }, CALM)).toMatchObject({
    instances: [{ state: "silent", marked: { reason: "orphan" } }],
  });
});

test("status counts what each pool has, and the jobs that wait for it", async () => {
  const world = await fleet();
  expect(await world.operate({ operation: "status" }, CALM)).toEqual({
    pools: [
      { name: "small", labels: ["linux"], max: 4, starting: 0, idle: 1, busy: 1, silent: 0, waiting: 1 },
      {
        name: "large",
        labels: ["linux", "large"],
        max: 4,
        starting: 0,
        idle: 0,
        busy: 0,
        silent: 0,
        waiting: 1,
      },
    ],
  });
});

test("status counts jobs of scale sets too: those that were given to one, and those that no listener has acquired", async () => {
  const world = new World({ ...SETTINGS, scaleSets: true });
  // The first is available, the second assigned; nobody listens.
  world.queue(false);
  world.queue(false);
  // What was given to a scale set is known when the listener, or GitHub's own count, says so.
  expect(await world.operate({ operation: "status" }, CALM)).toMatchObject({
    pools: [
      { name: "small", waiting: 2 },
      { name: "large", waiting: 0 },
    ],
  });
});

/** The outcome of retiring each instance, by how it stood. */
async function retireAll(world: World): Promise<Record<string, unknown>> {
  const listed = await world.operate({ operation: "list" }, CALM);
  const instances = listed && "instances" in listed ? listed.instances : [];
  const outcomes: Record<string, unknown> = {};
  for (const { id, state } of instances) {
    const answer = await world.operate({ operation: "retire", instance: id }, CALM);
    outcomes[state] = answer && "outcome" in answer ? answer.outcome : answer;
  }
  return outcomes;
}

test("retire ends what waits, and nothing that is busy", async () => {
  const world = await fleet();
  expect(await retireAll(world)).toEqual({ idle: "ended", busy: "busy" });
  expect(world.ec2.running).toHaveLength(1);
  expect(world.ec2.violations).toEqual([]);
});

test("retire leaves an instance with the tag keep, and one that is not the fleet's", async () => {
  const world = await fleet();
  for (const instance of world.ec2.running) instance.keep = true;
  world.remember();
  expect(await retireAll(world)).toEqual({ idle: "kept", busy: "kept" });
  expect(await world.operate({ operation: "retire", instance: "i-0123456789abcdef0" }, CALM)).toEqual({
    instance: "i-0123456789abcdef0",
    outcome: "gone",
  });
});

test("a retire that does not ask the guard is found", async () => {
  const planted = modelWith("guard.ts", "return !keep;", "return true;");
  const world = await fleet(new planted.World());
  for (const instance of world.ec2.running) instance.keep = true;
  world.remember();
  expect(await retireAll(world)).not.toEqual({ idle: "kept", busy: "kept" });
});

test("start orders one more, within the limit of its pool", async () => {
  const world = new World();
  const start = (pool: string) => world.operate({ operation: "start", pool }, CALM);
  expect(await start("tiny")).toEqual({ pool: "tiny", outcome: "unknown" });
  for (let count = 0; count < 4; count++) {
    expect(await start("small")).toEqual({ pool: "small", outcome: "ordered" });
    world.time += 1;
    await world.scaleUp(10, CALM);
    world.remember();
  }
  expect(world.ec2.running).toHaveLength(4);
  expect(await start("small")).toEqual({ pool: "small", outcome: "full" });
});

test("start has a group grow, within its limit", async () => {
  const [pool] = SETTINGS.pools;
  if (!pool) throw new Error("there is no pool");
  const world = new World({
    ...SETTINGS,
    pools: [{ ...pool, standing: { groupName: "test-small", hookName: "runner-ends" } }],
  });
  world.groups.add("test-small", "small", { min: 0, max: 1 });
  const start = () => world.operate({ operation: "start", pool: "small" }, CALM);
  expect(await start()).toEqual({ pool: "small", outcome: "grown" });
  expect(world.groups.all).toMatchObject([{ desired: 1 }]);
  expect(await start()).toEqual({ pool: "small", outcome: "full" });
});

test("a failure of GitHub is an answer, and no failure of the function", async () => {
  const world = await fleet();
  expect(await world.operate({ operation: "list" }, { trouble: { 1: "fails" }, lag: 0 })).toEqual({
    refused: "503",
  });
});

test("the schedule's event is no operation; one that is not known, or names no instance, is refused", () => {
  expect(operationOf({ "detail-type": "Scheduled Event" })).toBeUndefined();
  expect(operationOf(undefined)).toBeUndefined();
  expect(operationOf({ operation: "doctor", webhookUrl: 1 })).toEqual({ operation: "doctor" });
  expect(() => operationOf({ operation: "drain" })).toThrow("does not know the operation");
  expect(() => operationOf({ operation: "retire", instance: "all" })).toThrow("names no instance");
});
