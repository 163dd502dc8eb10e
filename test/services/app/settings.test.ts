import { readSettings } from "../../../services/app/src/settings";

test("without variables it is a service on port 8080 that neither fails nor waits", () => {
  expect(readSettings({})).toEqual({
    environment: "local",
    version: "unknown",
    level: "info",
    port: 8080,
    errorRate: 0,
    latencyMs: 0,
  });
  expect(readSettings({ ERROR_RATE: "0.2", LATENCY_MS: "150", LOG_LEVEL: "debug" })).toMatchObject({
    errorRate: 0.2,
    latencyMs: 150,
    level: "debug",
  });
});

test.each([
  [{ ERROR_RATE: "20%" }, 'ERROR_RATE is "20%": use a number from 0 to 1'],
  [{ ERROR_RATE: "2" }, 'ERROR_RATE is "2"'],
  [{ LATENCY_MS: "-1" }, 'LATENCY_MS is "-1"'],
  [{ LOG_LEVEL: "loud" }, 'LOG_LEVEL is "loud": use one of debug, info, warn, error'],
  [{ PORT: "http", ERROR_RATE: "x" }, 'PORT is "http": use a number from 0 to 65535; ERROR_RATE is "x"'],
])("refuses %j", (env, message) => {
  expect(() => readSettings(env)).toThrow(message);
});
