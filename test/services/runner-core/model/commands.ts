import fc from "fast-check";
import { HAPPENINGS, type Invocation, type Trouble, type World } from "./world";

/** One thing that happens, in words and in deed. */
class Step implements fc.AsyncCommand<object, World> {
  constructor(
    private readonly words: string,
    private readonly deed: (world: World) => void | Promise<void>,
  ) {}

  check(): boolean {
    return true;
  }

  async run(_: object, world: World): Promise<void> {
    world.remember();
    await this.deed(world);
  }

  toString(): string {
    return this.words;
  }
}

/** Something at some of the first requests of a run; more often nothing. */
const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  {
    weight: 3,
    arbitrary: fc
      .array(fc.tuple(fc.nat(14), fc.constantFrom(...HAPPENINGS)), { minLength: 1, maxLength: 3 })
      .map((pairs) => Object.fromEntries(pairs)),
  },
);

const invocation: fc.Arbitrary<Invocation> = fc.record({ trouble, lag: fc.nat(3) });

function step<T>(
  weight: number,
  arbitrary: fc.Arbitrary<T>,
  name: string,
  deed: (world: World, value: T) => void | Promise<void>,
): fc.Arbitrary<Step>[] {
  const made = arbitrary.map(
    (value) => new Step(`${name} ${JSON.stringify(value)}`, (world) => deed(world, value)),
  );
  return Array.from({ length: weight }, () => made);
}

const place = fc.nat(5);

const CALM: Invocation = { trouble: {}, lag: 0 };

/** What happens to any fleet. */
const ANY = [
  ...step(3, fc.integer({ min: 1, max: 4 }), "rush", async (world, jobs) => {
    for (let job = 0; job < jobs; job++) world.queue(job % 2 === 1);
    while (world.webhooks.length > 0) await world.deliver(0, false, CALM);
    await world.scaleUp(10, CALM);
    world.ec2.boot();
  }),
  ...step(4, fc.tuple(fc.constantFrom(130, 310, 700), invocation), "watch", async (world, [seconds, how]) => {
    await world.scaleDown(CALM);
    world.time += seconds;
    world.remember();
    await world.scaleDown(how);
  }),
  ...step(2, place, "cancel", (world, index) => world.github.cancel(index)),
  ...step(4, fc.boolean(), "queue", (world, large) => world.queue(large)),
  ...step(3, fc.tuple(place, invocation), "deliver", (world, [index, how]) =>
    world.deliver(index, false, how),
  ),
  ...step(1, fc.tuple(place, invocation), "deliver and again", (world, [index, how]) =>
    world.deliver(index, true, how),
  ),
  ...step(1, place, "drop", (world, index) => {
    world.webhooks.splice(index % Math.max(1, world.webhooks.length), 1);
  }),
  ...step(5, fc.tuple(fc.integer({ min: 1, max: 3 }), invocation), "scale-up", (world, [most, how]) =>
    world.scaleUp(most, how),
  ),
  ...step(4, invocation, "scale-down", (world, how) => world.scaleDown(how)),
  ...step(3, invocation, "reconcile", (world, how) => world.reconcile(how)),
  ...step(3, fc.constant(null), "boot", (world) => world.ec2.boot()),
  ...step(2, fc.integer({ min: 1, max: 3 }), "assign", (world, most) => world.github.assign(most)),
  ...step(
    2,
    fc.nat(4).map((number) => number === 0),
    "finish",
    (world, hangs) => world.ec2.finish(hangs),
  ),
  ...step(1, place, "interrupt", (world, index) => world.ec2.interrupt(index)),
  ...step(1, fc.tuple(place, invocation), "notice", (world, [index, how]) => world.notice(index, how)),
  ...step(1, fc.record({ spot: fc.boolean(), "on-demand": fc.boolean() }), "capacity", (world, capacity) => {
    world.ec2.capacity = capacity;
  }),
  ...step(1, fc.constantFrom("well", "late", "never"), "boots", (world, boot) => {
    world.ec2.nextBoot = boot;
  }),
  ...step(1, place, "keep", (world, index) => {
    const { running } = world.ec2;
    const instance = running[index % Math.max(1, running.length)];
    // One, so that those that are kept do not fill a pool.
    if (instance && !running.some(({ keep }) => keep)) instance.keep = true;
  }),
  ...step(4, fc.constantFrom(20, 60, 130, 310, 700, 11_000), "pass", (world, seconds) => {
    world.time += seconds;
  }),
  ...step(1, fc.constantFrom("", "{}", "[]", '{"jobId":0}'), "malformed", (world, body) =>
    world.store.push(body),
  ),
  ...step(1, place, "repeat message", ({ store }, index) => {
    const message = store.messages[index % Math.max(1, store.messages.length)];
    if (message) store.push(message.body);
  }),
];

const SIZE = { maxCommands: 60, size: "max" } as const;

/** Sequences of what happens to a fleet. */
export const SEQUENCES = fc.commands<object, World, false>(ANY, SIZE);

/** Sequences of what happens to a fleet whose jobs are known by GitHub's scale sets, with two listeners. */
export const LISTENED = fc.commands<object, World, false>(
  [
    ...ANY,
    ...step(12, fc.tuple(fc.nat(1), invocation), "listen", async (world, [process, how]) => {
      await world.listen(process, how);
    }),
    ...step(1, place, "lose messages", (world, index) => world.scaleSets?.lose(index)),
    ...step(1, fc.constant(null), "tokens end", (world) => world.scaleSets?.expire()),
  ],
  SIZE,
);
