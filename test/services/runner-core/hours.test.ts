import { type Hours, limitsAt } from "../../../services/runner-core/src/hours";
import { settle } from "./model/settle";
import { type Invocation, SETTINGS, World } from "./model/world";

const CALM: Invocation = { trouble: {}, lag: 0 };
const WORK: Hours = {
  days: ["mon", "tue", "wed", "thu", "fri"],
  from: "07:00",
  to: "19:00",
  timeZone: "Europe/Berlin",
  max: 8,
  idle: 2,
};
const NIGHT: Hours = { ...WORK, days: ["fri"], from: "22:00", to: "06:00", max: 0, idle: 0 };

const at = (time: string) => Date.parse(time) / 1000;

test.each<[string, string, object]>([
  ["a Monday morning", "2026-11-30T06:00:00Z", { max: 8, idle: 2 }],
  ["a minute before", "2026-11-30T05:59:59Z", { max: 4, idle: 0 }],
  ["the end", "2026-11-30T18:00:00Z", { max: 4, idle: 0 }],
  ["summer, where the clock is an hour ahead", "2026-07-06T05:00:00Z", { max: 8, idle: 2 }],
  ["a Sunday", "2026-11-29T12:00:00Z", { max: 4, idle: 0 }],
  ["a night that began on Friday", "2026-12-04T23:30:00Z", { max: 0, idle: 0 }],
  ["the same hour of another night", "2026-12-03T23:30:00Z", { max: 4, idle: 0 }],
])("%s has its limits", (_, time, limits) => {
  expect(limitsAt({ max: 4, hours: [WORK, NIGHT] }, at(time))).toEqual(limits);
});

test("no more instances wait than there may be", () => {
  expect(limitsAt({ max: 4, hours: [{ ...WORK, max: 1, idle: 3 }] }, at("2026-11-30T06:00:00Z"))).toEqual({
    max: 1,
    idle: 1,
  });
});

/** A fleet whose small pool has hours, on a Monday at 07:00. */
function fleet(hours: readonly Hours[]): World {
  const [small, ...others] = SETTINGS.pools;
  if (!small) throw new Error("there are no pools");
  const world = new World({ ...SETTINGS, pools: [{ ...small, hours }, ...others] });
  world.time = at("2026-11-30T06:00:00Z");
  return world;
}

async function minutes(world: World, count: number): Promise<void> {
  for (let minute = 0; minute < count; minute++) {
    await world.reconcile(CALM);
    await world.scaleUp(10, CALM);
    world.ec2.boot();
    world.time += 60;
    world.remember();
    await world.scaleDown(CALM);
  }
}

test("instances wait before there are jobs, others come for those that have one, and all end after the hours", async () => {
  const world = fleet([WORK]);
  await minutes(world, 30);
  expect(world.ec2.running).toHaveLength(2);
  world.queue(false);
  world.github.assign(1);
  await minutes(world, 5);
  expect(world.ec2.running).toHaveLength(3);
  world.time = at("2026-11-30T18:00:00Z");
  expect(await settle(world)).toEqual([]);
});

test("two pools have those that wait at the same time: no order is taken for the other's", async () => {
  const world = new World({ ...SETTINGS, pools: SETTINGS.pools.map((pool) => ({ ...pool, hours: [WORK] })) });
  world.time = at("2026-11-30T06:00:00Z");
  await minutes(world, 1);
  expect(world.ec2.running.map(({ pool }) => pool).sort()).toEqual(["large", "large", "small", "small"]);
});

test("those that wait are registered with one owner: what another one needs no more ends within the hours", async () => {
  const [small] = SETTINGS.pools;
  if (!small) throw new Error("there are no pools");
  const world = new World({
    ...SETTINGS,
    pools: [{ ...small, hours: [WORK] }],
    furtherOwners: [
      { owner: "else", installationId: 6, scope: "organization", repositories: [], groupId: 7 },
    ],
  });
  world.time = at("2026-11-30T06:00:00Z");
  world.github.queue(["self-hosted", "linux"], "else");
  await minutes(world, 5);
  expect(world.ec2.running.filter(({ runnerId }) => typeof runnerId === "string")).toHaveLength(1);
  world.github.cancel(0);
  await minutes(world, 20);
  expect(world.ec2.running.map(({ runnerId }) => typeof runnerId)).toEqual(["number", "number"]);
});

test("jobs wait while a pool may have no instance, and run afterwards", async () => {
  const world = fleet([{ ...WORK, max: 0, idle: 0 }]);
  world.queue(false);
  await world.deliver(0, false, CALM);
  await minutes(world, 30);
  expect(world.ec2.all).toEqual([]);
  world.time = at("2026-11-30T18:00:00Z");
  expect(await settle(world)).toEqual([]);
});
