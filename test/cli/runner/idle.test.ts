import { unfinished, untilIdle } from "../../../cli/runner/idle";

const pool = (starting: number, busy: number, waiting: number) => ({ starting, busy, waiting });

test.each([
  [pool(1, 0, 0), 1],
  [pool(0, 2, 0), 2],
  [pool(0, 0, 3), 3],
  [pool(0, 0, 0), 0],
])("a job that starts, runs or waits is not finished: %p", (one, jobs) => {
  expect(unfinished([pool(0, 0, 0), one])).toBe(jobs);
});

test("it is looked again until there is no job", async () => {
  const looks = [[pool(1, 0, 1)], [pool(0, 1, 0)], [pool(0, 0, 0)]];
  const paused: number[] = [];
  const last = await untilIdle(
    async () => looks.shift() ?? [],
    async (jobs) => void paused.push(jobs),
    () => false,
  );
  expect(last).toEqual([pool(0, 0, 0)]);
  expect(paused).toEqual([2, 1]);
});

test("a job that is still there when the time is over is an error", async () => {
  await expect(
    untilIdle(
      async () => [pool(0, 1, 0)],
      async () => undefined,
      () => true,
    ),
  ).rejects.toThrow("1 job is not finished");
});
