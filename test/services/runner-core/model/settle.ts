import type { RunnerId } from "../../../../services/runner-core/src/ports";
import type { World } from "./world";

/** Minutes after which everything has to be at rest. */
const MOST_MINUTES = 120;

const CALM = { trouble: {}, lag: 0 };

/** What the fleet does when nothing is wrong any more, minute by minute, until it is at rest. @returns what is wrong then. */
export async function settle(world: World, { withReconcile = true } = {}): Promise<readonly string[]> {
  world.ec2.capacity = { spot: true, "on-demand": true };
  world.ec2.nextBoot = "well";
  // What was lost stays lost.
  world.webhooks.length = 0;
  for (let minute = 0; minute < MOST_MINUTES; minute++) {
    if (world.scaleSets) while (await world.listen(0, CALM));
    for (let batch = 0; batch < 5; batch++) await world.scaleUp(10, CALM);
    world.ec2.boot();
    world.github.assign(Number.POSITIVE_INFINITY);
    world.time += 60;
    await world.scaleDown(CALM);
    if (withReconcile) await world.reconcile(CALM);
    for (const _ of world.github.jobs) world.ec2.finish(false);
    if (remains(world).length === 0) break;
  }
  return [...world.ec2.violations, ...remains(world)];
}

/** What is not as it has to be in the end. */
function remains({ github, ec2, store }: World): readonly string[] {
  const kept = new Set<RunnerId | undefined>(
    ec2.running.filter(({ keep }) => keep).map(({ runnerId }) => runnerId),
  );
  return [
    ...github.jobs
      .filter(({ status, runs, cancelled }) => status !== "completed" || runs !== (cancelled ? 0 : 1))
      .map(({ id, status, runs }) => `job ${id} is ${status} and ran ${runs} times`),
    ...ec2.running
      .filter(({ keep }) => !keep)
      .map(({ id, runnerId }) => `instance ${id} of runner ${runnerId} is left`),
    ...[...github.runners.values()]
      .filter(({ id }) => !kept.has(id))
      .map(({ id }) => `runner ${id} is left at GitHub`),
    ...[...ec2.configurations.keys()]
      .filter((id) => !kept.has(id))
      .map((id) => `the configuration of runner ${id} is left`),
    ...[...store.marks.keys()]
      .filter((key) => key.startsWith("request/"))
      .map((key) => `${key} is left in the book`),
    ...store.messages.map(({ id }) => `message ${id} is left`),
    ...store.dead
      .filter(({ body }) => body.includes("attempt"))
      .map(({ body }) => `an order became a dead letter: ${body}`),
  ];
}
