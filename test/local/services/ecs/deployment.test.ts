import { array, assert, boolean, constantFrom, integer, property, record } from "fast-check";
import {
  failureThreshold,
  nextStep,
  type Progress,
  progressAfter,
  type Rolling,
  restartDelay,
  type TaskView,
} from "../../../../local/services/ecs/deployment";

const task = (arn: string, deployment: string, more: Partial<TaskView> = {}): TaskView => ({
  arn,
  deployment,
  isStopping: false,
  isHealthy: true,
  isUnhealthy: false,
  createdAt: 0,
  ...more,
});

const ROLLING: Rolling = { desiredCount: 2, minimumHealthyPercent: 100, maximumPercent: 200 };

test("starts the new tasks beside the old ones, and stops those when the new ones are healthy", () => {
  const old = [task("a", "old"), task("b", "old")];
  expect(nextStep("new", ROLLING, old)).toEqual({ start: 2, stop: [], isSteady: false });
  const starting = [task("c", "new", { isHealthy: false }), task("d", "new", { isHealthy: false })];
  expect(nextStep("new", ROLLING, [...old, ...starting])).toEqual({ start: 0, stop: [], isSteady: false });
  const one = [task("c", "new"), task("d", "new", { isHealthy: false })];
  expect(nextStep("new", ROLLING, [...old, ...one]).stop).toHaveLength(1);
  const both = [task("c", "new"), task("d", "new")];
  expect(nextStep("new", ROLLING, [...old, ...both])).toEqual({
    start: 0,
    stop: ["a", "b"],
    isSteady: false,
  });
  expect(nextStep("new", ROLLING, both)).toEqual({ start: 0, stop: [], isSteady: true });
});

test("without room beside the old tasks, stops as many as the minimum lets it", () => {
  const rolling = { desiredCount: 2, minimumHealthyPercent: 50, maximumPercent: 100 };
  const step = nextStep("new", rolling, [
    task("a", "old", { createdAt: 1 }),
    task("b", "old", { createdAt: 2 }),
  ]);
  expect(step.stop).toEqual(["b"]);
  expect(step.start).toBe(1);
});

test("replaces a task whose check has failed, and scales in the newest", () => {
  const sick = task("a", "new", { isHealthy: false, isUnhealthy: true });
  expect(nextStep("new", ROLLING, [sick, task("b", "new")])).toEqual({
    start: 1,
    stop: ["a"],
    isSteady: false,
  });
  const three = [1, 2, 3].map((time) => task(String(time), "new", { createdAt: time }));
  expect(nextStep("new", ROLLING, three).stop).toEqual(["3"]);
});

const tasks = array(
  record({
    deployment: constantFrom("new", "old"),
    isStopping: boolean(),
    isHealthy: boolean(),
    isUnhealthy: boolean(),
    createdAt: integer({ min: 0, max: 9 }),
  }),
  { maxLength: 12 },
).map((all) =>
  all.map((one, index) => ({
    ...one,
    arn: String(index),
    isHealthy: one.isHealthy && !one.isUnhealthy && !one.isStopping,
  })),
);
const rollings = record({
  desiredCount: integer({ min: 0, max: 8 }),
  minimumHealthyPercent: integer({ min: 0, max: 100 }),
  maximumPercent: integer({ min: 100, max: 200 }),
});

test("never takes a service below its minimum by its own doing, nor above its maximum", () => {
  assert(
    property(rollings, tasks, (rolling, all) => {
      const { start, stop } = nextStep("new", rolling, all);
      const least = Math.ceil((rolling.desiredCount * rolling.minimumHealthyPercent) / 100);
      const most = Math.floor((rolling.desiredCount * rolling.maximumPercent) / 100);
      const healthy = all.filter(({ isHealthy }) => isHealthy).length;
      const remaining = all.filter(({ arn, isHealthy }) => isHealthy && !stop.includes(arn)).length;
      expect(remaining).toBeGreaterThanOrEqual(Math.min(healthy, least));
      if (start > 0) expect(all.length - stop.length + start).toBeLessThanOrEqual(most);
      expect(new Set(stop).size).toBe(stop.length);
    }),
  );
});

test("comes to a steady state of the new tasks alone, where each that starts becomes healthy", () => {
  assert(
    property(rollings, tasks, ({ desiredCount, minimumHealthyPercent }, first) => {
      const rolling = { desiredCount, minimumHealthyPercent, maximumPercent: 200 };
      let all: readonly TaskView[] = first;
      for (let look = 0; look < 50; look += 1) {
        const step = nextStep("new", rolling, all);
        if (step.isSteady) break;
        const started = Array.from({ length: step.start }, (_, index) =>
          task(`${look}-${index}`, "new", { createdAt: 10 + look }),
        );
        const going = all.filter(({ arn, isStopping }) => !isStopping && !step.stop.includes(arn));
        all = [...going.map((one) => ({ ...one, isHealthy: !one.isUnhealthy })), ...started];
      }
      expect(nextStep("new", rolling, all)).toEqual({ start: 0, stop: [], isSteady: true });
      expect(all.filter(({ isStopping }) => !isStopping)).toHaveLength(desiredCount);
    }),
  );
});

test("fails a deployment at half of its tasks, at three at least and at 200 at most", () => {
  expect([0, 1, 6, 7, 100, 1000].map(failureThreshold)).toEqual([3, 3, 3, 4, 50, 200]);
});

test("the circuit breaker opens once, and only while a deployment is in progress", () => {
  assert(
    property(
      array(constantFrom("task failed" as const, "steady" as const)),
      integer({ min: 1, max: 6 }),
      (events, threshold) => {
        let progress: Progress = { state: "IN_PROGRESS", failed: 0 };
        for (const event of events) {
          const before = progress;
          progress = progressAfter(before, event, threshold);
          if (before.state !== "IN_PROGRESS") expect(progress).toEqual(before);
        }
        const settled = events.indexOf("steady");
        const failures = settled < 0 ? events.length : settled;
        expect(progress.state).toBe(
          failures >= threshold ? "FAILED" : settled < 0 ? "IN_PROGRESS" : "COMPLETED",
        );
      },
    ),
  );
});

test("without a circuit breaker, failures are counted and nothing fails", () => {
  expect(progressAfter({ state: "IN_PROGRESS", failed: 99 }, "task failed", undefined)).toEqual({
    state: "IN_PROGRESS",
    failed: 100,
  });
});

test("waits longer after each failure, up to a minute", () => {
  expect([0, 1, 2, 3, 50].map(restartDelay)).toEqual([0, 500, 1000, 2000, 60_000]);
});
