import { type Checked, checkedAfter, healthCheckOf } from "../../../../local/services/ecs/health-check";

const CHECK = { retries: 3 };
const after = (
  results: readonly boolean[],
  first: Checked = { status: "UNKNOWN", failures: 0 },
  isStarting = false,
) => results.reduce((checked, result) => checkedAfter(checked, result, CHECK, isStarting), first);

test("a command of the shell, one without a shell, and none", () => {
  expect(healthCheckOf({ healthCheck: { command: ["CMD-SHELL", "curl -f localhost || exit 1"] } })).toEqual({
    command: ["/bin/sh", "-c", "curl -f localhost || exit 1"],
    interval: 30_000,
    timeout: 5000,
    retries: 3,
    startPeriod: 0,
  });
  expect(
    healthCheckOf({ healthCheck: { command: ["CMD", "/health", "-q"], retries: 1, interval: 5 } }),
  ).toMatchObject({
    command: ["/health", "-q"],
    retries: 1,
    interval: 5000,
  });
  expect(healthCheckOf({ healthCheck: { command: ["NONE"] } })).toBeUndefined();
  expect(healthCheckOf({})).toBeUndefined();
});

test("one success is healthy, and as many failures one after the other as there are retries are not", () => {
  expect(after([true]).status).toBe("HEALTHY");
  expect(after([false, false]).status).toBe("UNKNOWN");
  expect(after([false, false, false]).status).toBe("UNHEALTHY");
  expect(after([true, false, false, true, false, false]).status).toBe("HEALTHY");
  expect(after([false, false, false, true]).status).toBe("HEALTHY");
});

test("failures in the start period do not count, until it has been healthy", () => {
  expect(after([false, false, false, false], undefined, true)).toEqual({ status: "UNKNOWN", failures: 0 });
  expect(after([true, false, false, false], undefined, true).status).toBe("UNHEALTHY");
});
