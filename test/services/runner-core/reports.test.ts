import { settle } from "./model/settle";
import { HAPPENINGS, type Invocation, SETTINGS, type Trouble, World } from "./model/world";

/*
 * What users of other systems have reported (the numbers are those of github-aws-runners), and what a function that
 * dies at any request leaves behind.
 */

const CALM: Invocation = { trouble: {}, lag: 0 };

/** Jobs are queued, their webhooks arrive, and their runners are online. */
async function online(jobs: number, world = new World()): Promise<World> {
  for (let job = 0; job < jobs; job++) world.queue(false);
  while (world.webhooks.length > 0) await world.deliver(0, false, CALM);
  await world.scaleUp(10, CALM);
  world.ec2.boot();
  return world;
}

/** An instance whose job was cancelled, and which waits long enough to be ended at the next look. */
async function idle(): Promise<World> {
  const world = await online(1);
  world.github.cancel(0);
  await world.scaleDown(CALM);
  world.time += SETTINGS.idleSeconds;
  world.remember();
  return world;
}

test("an idle instance ends", async () => {
  const world = await idle();
  await world.scaleDown(CALM);
  expect(world.ec2.running).toEqual([]);
  expect(world.github.runners.size).toBe(0);
});

test.each(Array.from({ length: 12 }, (_, at) => at))(
  "#5085: a job that arrives at request %d of the function that ends an idle instance runs",
  async (at) => {
    const world = await idle();
    await world.scaleDown({ trouble: { [at]: "job is queued and assigned" }, lag: 0 });
    expect(world.ec2.violations).toEqual([]);
    expect(await settle(world)).toEqual([]);
  },
);

test("#4391: a busy instance that the lists do not know yet is no orphan, however old it is", async () => {
  const world = await online(1);
  world.remember();
  world.github.assign(1);
  for (let minute = 0; minute < 30; minute++) {
    world.time += 60;
    await world.scaleDown({ trouble: {}, lag: 3 });
  }
  expect(world.ec2.violations).toEqual([]);
  expect(world.ec2.running).toHaveLength(1);
});

test("#167: the runners of every page are known", async () => {
  const world = await online(4);
  world.github.assign(4);
  world.time += 4000;
  for (let look = 0; look < 3; look++) {
    await world.scaleDown(CALM);
    world.time += 200;
  }
  expect(world.ec2.running).toHaveLength(4);
});

test("#4724: an instance whose runner GitHub has forgotten ends, after a second look", async () => {
  const world = await online(1);
  world.github.assign(1);
  world.ec2.finish(true);
  world.time += SETTINGS.bootSeconds + 1;
  await world.scaleDown(CALM);
  expect(world.ec2.running).toHaveLength(1);
  world.time += SETTINGS.orphanSeconds;
  await world.scaleDown(CALM);
  expect(world.ec2.running).toEqual([]);
});

test("#4262: a job is started without a look whether GitHub's lists have it already", async () => {
  const world = new World();
  world.remember();
  world.queue(false);
  await world.deliver(0, false, { trouble: {}, lag: 3 });
  await world.scaleUp(1, { trouble: {}, lag: 3 });
  expect(world.ec2.running).toHaveLength(1);
});

test("#5215: a malformed message fails alone", async () => {
  const world = new World();
  world.store.push("{ this is no JSON");
  world.queue(false);
  await world.deliver(0, false, CALM);
  await world.scaleUp(10, CALM);
  expect(world.ec2.running).toHaveLength(1);
  expect(world.store.messages.map(({ body }) => body)).toEqual(["{ this is no JSON"]);
});

test("#4990: where GitHub refuses a configuration there is no instance", async () => {
  const world = new World();
  world.queue(false);
  await world.deliver(0, false, CALM);
  // Instances, claim, configuration.
  await world.scaleUp(1, { trouble: { 2: "fails" }, lag: 0 });
  expect(world.ec2.all).toEqual([]);
  expect(world.store.messages).toHaveLength(1);
  expect(await settle(world)).toEqual([]);
});

test.each(["idle", "orphan", "lifetime"])(
  "#5194: the tag keep holds for an instance that is %s",
  async (reason) => {
    const world = reason === "idle" ? await idle() : await online(1);
    for (const instance of world.ec2.all) instance.keep = true;
    if (reason === "orphan") {
      world.github.assign(1);
      world.ec2.finish(true);
    }
    if (reason === "lifetime") world.time += SETTINGS.lifetimeSeconds;
    for (let look = 0; look < 10; look++) {
      await world.scaleDown(CALM);
      await world.reconcile(CALM);
      world.time += 700;
    }
    expect(world.ec2.violations).toEqual([]);
    expect(world.ec2.running).toHaveLength(1);
  },
);

test("#3493: jobs whose instances never come up get others, and those end", async () => {
  const world = new World();
  world.ec2.nextBoot = "never";
  await online(3, world);
  expect(await settle(world)).toEqual([]);
  expect(world.github.jobs.map(({ runs }) => runs)).toEqual([1, 1, 1]);
});

test("a job whose webhook is lost is started by the second minute", async () => {
  const world = new World();
  world.queue(false);
  world.webhooks.length = 0;
  for (const minute of [1, 2]) {
    world.time = 1_800_000_000 + minute * 60;
    await world.reconcile(CALM);
  }
  await world.scaleUp(10, CALM);
  expect(world.ec2.running).toHaveLength(1);
});

test("a webhook that arrives three times starts one instance", async () => {
  const world = new World();
  world.queue(false);
  for (const again of [true, true, false]) await world.deliver(0, again, CALM);
  await world.scaleUp(10, CALM);
  expect(world.ec2.all).toHaveLength(1);
  expect(world.store.messages).toEqual([]);
});

test("spot capacity that is refused is bought on demand, and in the end there is one instance", async () => {
  const world = new World();
  world.ec2.capacity = { spot: false, "on-demand": true };
  await online(1, world);
  expect(world.ec2.all).toHaveLength(1);
  world.ec2.capacity = { spot: false, "on-demand": false };
  await online(1, world);
  expect(world.ec2.all).toHaveLength(1);
  expect(await settle(world)).toEqual([]);
});

test("an answer that was lost is no second instance", async () => {
  const world = new World();
  world.queue(false);
  await world.deliver(0, false, CALM);
  // Instances, claim, configuration, its parameter, the note of it, launch.
  await world.scaleUp(1, { trouble: { 5: "answer is lost" }, lag: 0 });
  expect(world.ec2.all).toHaveLength(1);
  world.time += 200;
  await world.scaleUp(1, CALM);
  expect(world.ec2.all).toHaveLength(1);
  expect(world.store.messages).toEqual([]);
});

test("500 jobs that are queued at once are all started, within the limit of their pool at a time", async () => {
  const world = new World();
  for (let job = 0; job < 500; job++) world.queue(false);
  let most = 0;
  for (
    let minute = 0;
    minute < 400 && world.github.jobs.some(({ status }) => status !== "completed");
    minute++
  ) {
    while (world.webhooks.length > 0) await world.deliver(0, false, CALM);
    for (let batch = 0; batch < 60; batch++) await world.scaleUp(10, CALM);
    most = Math.max(most, world.ec2.running.length);
    world.ec2.boot();
    world.github.assign(Number.POSITIVE_INFINITY);
    world.time += 60;
    await world.reconcile(CALM);
    for (const _ of world.ec2.running) world.ec2.finish(false);
  }
  expect(await settle(world)).toEqual([]);
  // The pool of these jobs, and not the other one.
  expect(most).toBeLessThanOrEqual(4);
  expect(world.ec2.all.length).toBeLessThanOrEqual(510);
});

type Run = (world: World, trouble: Trouble) => Promise<void>;

/** Functions, and a fleet in which they have something to do. */
const FUNCTIONS: readonly [string, () => Promise<World>, Run][] = [
  [
    "webhook",
    async () => {
      const world = new World();
      world.queue(false);
      return world;
    },
    (world, trouble) => world.deliver(0, false, { trouble, lag: 0 }),
  ],
  [
    "scale-up",
    async () => {
      const world = new World();
      world.ec2.capacity = { spot: false, "on-demand": true };
      for (const large of [false, true]) world.queue(large);
      while (world.webhooks.length > 0) await world.deliver(0, false, CALM);
      return world;
    },
    (world, trouble) => world.scaleUp(10, { trouble, lag: 0 }),
  ],
  ["scale-down", idle, (world, trouble) => world.scaleDown({ trouble, lag: 0 })],
  [
    "reconcile",
    async () => {
      const world = await online(2);
      world.ec2.interrupt(0);
      world.time += SETTINGS.bootSeconds + 1;
      await world.reconcile(CALM);
      for (let job = 0; job < 2; job++) world.queue(false);
      world.webhooks.length = 0;
      world.time += SETTINGS.orphanSeconds;
      return world;
    },
    (world, trouble) => world.reconcile({ trouble, lag: 0 }),
  ],
];

describe.each(FUNCTIONS)("%s", (_, begin, run) => {
  test.each(HAPPENINGS.filter((happening) => !happening.startsWith("another")))(
    "%s, at each of its requests in turn: no job is lost and nothing is left, even when the instance goes too",
    async (happening) => {
      let at = 0;
      for (let happened = true; happened; at++) {
        for (const isInterrupted of [false, true]) {
          const world = await begin();
          await run(world, { [at]: happening });
          if (isInterrupted) world.ec2.interrupt(0);
          expect([at, await settle(world)]).toEqual([at, []]);
          happened = world.tally.has(happening);
        }
      }
      expect(at).toBeGreaterThan(1);
    },
  );
});
