import { heedNotice, noticeOf } from "../../../services/runner-core/src/notice";
import { modelWith } from "./model/planted";
import { type Invocation, SETTINGS, type World as TheWorld, World } from "./model/world";

const CALM: Invocation = { trouble: {}, lag: 0 };

/** An instance of spot capacity whose runner is online, and its job in the queue. */
async function waiting(Model: typeof TheWorld = World): Promise<TheWorld> {
  const world = new Model();
  world.queue(false);
  await world.deliver(0, false, CALM);
  await world.scaleUp(1, CALM);
  world.ec2.boot();
  expect(world.ec2.running).toHaveLength(1);
  return world;
}

test("an instance without a job has its runner taken off and ends", async () => {
  const world = await waiting();
  await world.notice(0, CALM);
  expect([world.github.runners.size, world.ec2.running.length]).toEqual([0, 0]);
});

/** The job is assigned while the function looks: between its first request and the next ones. */
const MEANWHILE: Invocation = { trouble: { 1: "job is assigned" }, lag: 0 };

test("a job that begins meanwhile goes on: GitHub does not let its runner be taken off", async () => {
  const world = await waiting();
  await world.notice(0, MEANWHILE);
  expect(world.ec2.running).toHaveLength(1);
  expect(world.github.jobs).toMatchObject([{ status: "in_progress" }]);
  expect(world.ec2.violations).toEqual([]);
});

test("planted fault: ended first, the job that began is lost", async () => {
  const { World: Faulty } = modelWith(
    "notice.ts",
    "await endInstance(instanceId, context)",
    '(await context.fleet.terminate(instanceId), "ended" as const)',
  );
  const world = await waiting(Faulty);
  await world.notice(0, MEANWHILE);
  expect(world.ec2.violations).not.toEqual([]);
});

test("the tag keep holds an instance, and one that is not the fleet's is not touched", async () => {
  const world = await waiting();
  const [instance] = world.ec2.running;
  if (instance) instance.keep = true;
  await world.notice(0, CALM);
  expect(world.ec2.running).toHaveLength(1);
  const fleet = {
    instances: async () => ({ items: [], next: undefined }),
    terminate: () => Promise.reject(new Error("it is another's")),
  };
  await heedNotice({ instanceId: "i-1", kind: "interruption" }, { fleet, settings: SETTINGS } as never);
});

const EVENT = {
  source: "aws.ec2",
  "detail-type": "EC2 Spot Instance Interruption Warning",
  detail: { "instance-id": "i-1", "instance-action": "terminate" },
};

test.each([
  [EVENT, { instanceId: "i-1", kind: "interruption" }],
  [
    { ...EVENT, "detail-type": "EC2 Instance Rebalance Recommendation" },
    { instanceId: "i-1", kind: "rebalance" },
  ],
  [{ ...EVENT, "detail-type": "EC2 Instance State-change Notification" }, undefined],
  [{ ...EVENT, source: "octo.tests" }, undefined],
  [{ ...EVENT, detail: {} }, undefined],
  [{ operation: "list" }, undefined],
  [undefined, undefined],
])("%j is the notice %j", (event, notice) => {
  expect(noticeOf(event)).toEqual(notice);
});
