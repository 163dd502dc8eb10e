import fc from "fast-check";
import type { Settings } from "../../../services/runner-core/src/settings";
import { LISTENED, SEQUENCES } from "./model/commands";
import { modelWith } from "./model/planted";
import { settle } from "./model/settle";
import { SETTINGS, World } from "./model/world";

/** Sequences of a run; a failure prints its seed, and `GROUNDPLAN_RUNNER_SEED` runs it again. */
const { GROUNDPLAN_RUNNER_SEQUENCES: asked, GROUNDPLAN_RUNNER_SEED: seed } = process.env;
const RUNS = { numRuns: Number(asked ?? 1000), ...(seed === undefined ? {} : { seed: Number(seed) }) };

/** Runs sequences until one ends in what must not be. */
async function check(
  make: () => World,
  runs: fc.Parameters<unknown>,
  settled: (world: World) => Promise<readonly string[]> = settle,
  sequences: typeof SEQUENCES = SEQUENCES,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(sequences, async (commands) => {
      const world = make();
      await fc.asyncModelRun(() => ({ model: {}, real: world }), commands);
      const wrong = await settled(world);
      for (const [what, times] of world.tally) tally.set(what, (tally.get(what) ?? 0) + times);
      if (wrong.length > 0) throw new Error(wrong.join("\n"));
    }),
    { ...runs, includeErrorInReport: true },
  );
}

const tally = new Map<string, number>();

beforeEach(() => tally.clear());

test("every job runs once, nothing busy is ended, and nothing is left, whatever happens on the way", async () => {
  await check(() => new World(), RUNS);
  // Sequences in which nothing goes wrong would prove nothing.
  expect(tally.size).toBe(11);
  expect(Math.min(...tally.values())).toBeGreaterThan(RUNS.numRuns / 100);
}, 600_000);

/** Faults are found within so many sequences, always the same ones, and a failure is not made smaller. */
const PLANTED = { numRuns: 400, seed: 16, endOnFailure: true };

/** An organization and a repository beside the fleet's own owner. */
const OWNERS: Settings = {
  ...SETTINGS,
  furtherOwners: [
    { owner: "Else", installationId: 6, scope: "organization", repositories: [], groupId: 7 },
    { owner: "user", installationId: 7, scope: "repository", repositories: ["one"], groupId: 1 },
  ],
};

test("jobs of several owners run once each too, on runners that are registered with their owner", async () => {
  const jobs = { own: 0, further: 0 };
  await check(
    () => new World(OWNERS),
    { ...RUNS, numRuns: Math.ceil(RUNS.numRuns / 4) },
    async (world) => {
      for (const { owner } of world.github.jobs) jobs[owner === "" ? "own" : "further"]++;
      return settle(world);
    },
  );
  expect(Math.min(jobs.own, jobs.further)).toBeGreaterThan(RUNS.numRuns / 10);
}, 600_000);

test.each<[string, string, string, string, RegExp]>([
  [
    "runners of two owners that are taken for one since they have the same number",
    "owners.ts",
    'return owner === "" ? id : `${owner}/${id}`;',
    "return id;",
    /is left|ran 0 times|was ended/,
  ],
  [
    "an order that forgets whose job it is",
    "reconcile.ts",
    '(owner === "" ? order : { ...order, owner })',
    "order",
    /job \d+ is queued and ran 0 times/,
  ],
])("finds %s", async (_, file, right, wrong, found) => {
  const planted = modelWith(file, right, wrong);
  await expect(check(() => new planted.World(OWNERS), PLANTED)).rejects.toThrow(found);
});

test("jobs that scale sets say run once each, whatever becomes of listeners, sessions and messages", async () => {
  const runs = { ...RUNS, numRuns: Math.ceil(RUNS.numRuns / 4) };
  await check(() => new World({ ...OWNERS, scaleSets: true }), runs, settle, LISTENED);
}, 600_000);

test.each<[string, string, string, string, RegExp]>([
  [
    "requests that are not counted",
    "requests.ts",
    "number < waiting",
    "number < 0",
    /job \d+ is queued and ran 0 times/,
  ],
  [
    "a book that is never corrected",
    "requests.ts",
    "Math.max(0, book.length - waiting)",
    "0",
    /is left in the book|is left/,
  ],
  [
    "jobs that nobody acquires",
    "listener.ts",
    "if (available.length > 0) await this.sets.acquire(session, available);",
    "",
    /job \d+ is queued and ran 0 times/,
  ],
  [
    "a session that is over and is kept",
    "listener.ts",
    "unless somebody else has.\n      this.session = undefined;",
    "",
    /job \d+ is queued and ran 0 times/,
  ],
])("finds %s", async (_, file, right, wrong, found) => {
  const planted = modelWith(file, right, wrong);
  await expect(
    check(() => new planted.World({ ...OWNERS, scaleSets: true }), PLANTED, settle, LISTENED),
  ).rejects.toThrow(found);
});

test("without reconcile, jobs are lost", async () => {
  const calm = { trouble: {}, lag: 0 };
  class WithoutReconcile extends World {
    override async reconcile(): Promise<void> {
      await this.scaleUp(1, calm);
    }
  }
  await expect(check(() => new WithoutReconcile(), PLANTED)).rejects.toThrow(
    /job \d+ is queued and ran 0 times/,
  );
});

test.each<[string, string, string, string, RegExp]>([
  [
    "an instance that ends before its runner is taken off",
    "end-instance.ts",
    "const { runnerId } = instance;",
    "const { runnerId } = instance; await configurations.remove(runnerId ?? 0); await fleet.terminate(id);",
    /was ended while it ran job/,
  ],
  [
    "an instance that ends although GitHub says that its runner is busy",
    "end-instance.ts",
    'if ((await github.removeRunner(runnerId)) === "busy") return "busy";\n      if (await github.runner(runnerId)) return "busy";',
    "await github.removeRunner(runnerId);",
    /was ended while it ran job/,
  ],
  [
    "one page of a list",
    "pages.ts",
    "if (next === undefined) return items;",
    "return items;",
    /job \d+ is queued/,
  ],
  [
    "one page of runners",
    "reconcile.ts",
    "await allPages((page) => github.runners(page))",
    "(await github.runners(undefined)).items",
    /runner \d+ is left at GitHub/,
  ],
  [
    "a batch that fails as a whole",
    "scale-up.ts",
    "failed.map((itemIdentifier) => ({ itemIdentifier }))",
    "(failed.length > 0 ? records : []).map(({ messageId }) => ({ itemIdentifier: messageId }))",
    /an order became a dead letter/,
  ],
  ["a tag keep that is ignored", "guard.ts", "return !keep;", "return !keep || true;", /is to be kept/],
  [
    "a job that is forgotten once an instance was started for it",
    "reconcile.ts",
    "if (!entry) return false;",
    "if (!entry) return false; if (entry.instanceId) return true;",
    /job \d+ is queued and ran 0 times/,
  ],
  [
    "an attempt that is begun and never given up",
    "reconcile.ts",
    "ATTEMPT_SECONDS : LIST_LAG_SECONDS",
    "Number.POSITIVE_INFINITY : LIST_LAG_SECONDS",
    /job \d+ is queued and ran 0 times/,
  ],
  [
    "an instance whose runner never came that is left alone",
    "scale-down.ts",
    'return age > bootSeconds ? "orphan" : undefined;',
    "return undefined;",
    /instance i-\d+ of runner \d+ is left/,
  ],
  [
    "an instance that waits for a job for ever",
    "scale-down.ts",
    'if (runner?.online) return "idle";',
    "if (runner?.online) return undefined;",
    /instance i-\d+ of runner \d+ is left/,
  ],
  [
    "a configuration that nobody takes away",
    "end-instance.ts",
    "await configurations.remove(runnerId);",
    "",
    /the configuration of runner \d+ is left/,
  ],
  [
    "a configuration that its own instance may not read",
    "scale-up.ts",
    "await configurations.assign(runnerId, instanceId);",
    "",
    /job \d+ is queued and ran 0 times/,
  ],
])("finds %s", async (_, file, right, wrong, found) => {
  const planted = modelWith(file, right, wrong);
  await expect(check(() => new planted.World(), PLANTED)).rejects.toThrow(found);
});
