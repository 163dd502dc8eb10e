import { modelWith } from "./model/planted";
import { HAPPENINGS, type Invocation, SETTINGS, type World as TheWorld, World } from "./model/world";

/*
 * Instances that stay between jobs: a fixed number with names, and a group that follows the queue. The autoscaling group
 * ends instances as it likes; what is busy has to outlive that.
 */

const CALM: Invocation = { trouble: {}, lag: 0 };
const [SMALL, LARGE] = SETTINGS.pools;
if (!SMALL || !LARGE) throw new Error("there are no pools");
const HOOK = { hookName: "runner-ends" };
const STANDING = {
  ...SETTINGS,
  pools: [
    { ...SMALL, standing: { ...HOOK, groupName: "test-small", namePrefix: "runner" } },
    { ...LARGE, standing: { ...HOOK, groupName: "test-large" } },
  ],
};

/** A fleet of three instances with names, and of none to four by the queue. */
function fleet(Model: typeof TheWorld = World): TheWorld {
  const world = new Model(STANDING);
  world.groups.add("test-small", "small", { min: 3, max: 3 });
  world.groups.add("test-large", "large", { min: 0, max: 4 });
  return world;
}

/** Minutes in which nothing goes wrong, and no job ends or is given unless said so. */
async function minutes(world: TheWorld, count: number, { works = false } = {}): Promise<void> {
  for (let minute = 0; minute < count; minute++) {
    world.groups.work();
    await world.reconcile(CALM);
    world.groups.boot();
    if (works) {
      world.github.assign(Number.POSITIVE_INFINITY);
      for (const _ of world.github.jobs) world.ec2.finish(true);
    }
    world.time += 60;
    world.remember();
    await world.scaleDown(CALM);
  }
}

const names = (world: TheWorld) => [...world.github.runners.values()].map(({ name }) => name).sort();

test("a fixed number of instances has the names runner-01 to runner-03, and stays without jobs", async () => {
  const world = fleet();
  await minutes(world, 60);
  expect(names(world)).toEqual(["runner-01", "runner-02", "runner-03"]);
  expect(world.ec2.all).toHaveLength(3);
  expect([...world.ec2.configurations]).toEqual([]);
});

test("an instance that is lost is replaced by one of its name", async () => {
  const world = fleet();
  await minutes(world, 3);
  const lost = world.store.names.get("runner-02");
  world.ec2.interrupt(world.ec2.running.findIndex(({ id }) => id === lost));
  await minutes(world, 5);
  expect(names(world)).toEqual(["runner-01", "runner-02", "runner-03"]);
  expect(world.store.names.get("runner-02")).not.toBe(lost);
  expect([...world.github.runners.values()].every(({ online }) => online)).toBe(true);
});

test("a name that another fleet's runner has is not taken from it", async () => {
  const world = fleet();
  world.github.register("runner-01", ["other"]);
  const [other] = world.github.runners.keys();
  await minutes(world, 30);
  expect(world.github.runners.get(other ?? 0)).toMatchObject({ online: true });
  expect(world.ec2.all.some(({ runnerId }) => runnerId === other)).toBe(false);
});

test("a group grows by the queue and no further than its limit, and has its least size when there is nothing to do", async () => {
  const world = fleet();
  for (let job = 0; job < 10; job++) world.queue(true);
  await minutes(world, 1);
  expect(world.groups.all[1]?.desired).toBe(4);
  await minutes(world, 30, { works: true });
  expect(world.github.jobs.every(({ status, runs }) => status === "completed" && runs === 1)).toBe(true);
  expect(world.groups.all[1]).toMatchObject({ desired: 0, members: [] });
  expect(names(world)).toEqual(["runner-01", "runner-02", "runner-03"]);
  expect(world.ec2.violations).toEqual([]);
});

test("a webhook for instances that stay orders none", async () => {
  const world = fleet();
  world.queue(true);
  await world.deliver(0, false, CALM);
  expect(world.store.messages).toEqual([]);
});

test("what is busy is protected, waits at the hook until its job is over, and ends then", async () => {
  const world = fleet();
  await minutes(world, 3);
  world.queue(false);
  world.github.assign(1);
  await minutes(world, 1);
  const runnerId = world.github.jobs[0]?.runnerId;
  const busy = world.ec2.running.find((one) => one.runnerId === runnerId);
  const protectedOnes = world.groups.all[0]?.members.filter(({ isProtected }) => isProtected);
  expect(protectedOnes?.map(({ id }) => id)).toEqual([busy?.id]);
  world.groups.replace(busy?.id ?? "");
  await minutes(world, 20);
  expect(busy?.running).toBe(true);
  world.ec2.finish(true);
  await minutes(world, 5);
  expect(busy?.running).toBe(false);
  expect(world.ec2.violations).toEqual([]);
  expect(names(world)).toEqual(["runner-01", "runner-02", "runner-03"]);
});

test("an instance with the tag keep waits at the hook", async () => {
  const world = fleet();
  await minutes(world, 3);
  const [kept] = world.ec2.running;
  if (kept) kept.keep = true;
  world.groups.replace(kept?.id ?? "");
  await minutes(world, 20);
  expect(kept?.running).toBe(true);
  expect(world.ec2.violations).toEqual([]);
});

/** A fleet in the midst of everything: one busy that its group ends, one idle, one that comes up, jobs that wait. */
async function midst(Model?: typeof TheWorld): Promise<TheWorld> {
  const world = fleet(Model);
  world.queue(true);
  await minutes(world, 3);
  world.queue(false);
  world.github.assign(2);
  for (const { members } of world.groups.all) world.groups.replace(members[0]?.id ?? "");
  world.groups.work();
  world.queue(true);
  world.remember();
  return world;
}

const REQUESTS = Array.from({ length: 30 }, (_, at) => at);

/** What is wrong once everything has settled. */
async function settled(world: TheWorld): Promise<readonly string[]> {
  await minutes(world, 60, { works: true });
  const wrong = [...world.ec2.violations];
  for (const { id, runs, status } of world.github.jobs)
    if (status !== "completed" || runs !== 1) wrong.push(`job ${id} is ${status} and ran ${runs} times`);
  if (names(world).join() !== "runner-01,runner-02,runner-03")
    wrong.push(`the runners are ${names(world).join()}`);
  if (world.ec2.configurations.size > 0) wrong.push("a token is left");
  return wrong;
}

test.each(HAPPENINGS)(
  "whatever request of reconcile it is at which this happens, all is well in the end: %s",
  async (what) => {
    for (const at of REQUESTS) {
      const world = await midst();
      await world.reconcile({ trouble: { [at]: what }, lag: at % 3 });
      expect([at, await settled(world)]).toEqual([at, []]);
    }
  },
);

test.each(HAPPENINGS)("and of scale-down: %s", async (what) => {
  for (const at of REQUESTS) {
    const world = await midst();
    await minutes(world, 6, { works: true });
    await world.scaleDown({ trouble: { [at]: what }, lag: at % 3 });
    expect([at, await settled(world)]).toEqual([at, []]);
  }
});

test.each<[string, string, string, string, RegExp]>([
  [
    "an instance at the hook that ends although its runner is busy",
    "standing.ts",
    'if (outcome === "busy" || outcome === "kept") await groups.wait(standing, id);',
    "await groups.letGo(standing, id);",
    /was ended while it ran job/,
  ],
  [
    "a token that its instance may not read",
    "standing.ts",
    "await configurations.assign(id, id);",
    "",
    /job \d+ is queued/,
  ],
  [
    "a group that does not grow",
    "standing.ts",
    "if (size <= group.desired) return;",
    "return;",
    /job \d+ is queued/,
  ],
])("finds %s", async (_, file, right, wrong, found) => {
  const { World: Model } = modelWith(file, right, wrong);
  expect((await settled(await midst(Model))).join("\n")).toMatch(found);
});
