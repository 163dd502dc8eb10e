import { type ApiAlarmSettings, apiAlarmFaults } from "@groundplan/modules/observability";

test("accepts what an alarm can measure", () => {
  expect(apiAlarmFaults({})).toEqual([]);
  expect(apiAlarmFaults({ serverErrorPercent: 100, latencyMs: 30_000 })).toEqual([]);
});

test.each<[string, ApiAlarmSettings, string]>([
  ["an error rate above 100", { serverErrorPercent: 101 }, "alarms.serverErrorPercent is 101"],
  ["a latency that the API cuts", { latencyMs: 30_001 }, "alarms.latencyMs is 30001"],
  ["no latency", { latencyMs: 0 }, "alarms.latencyMs is 0"],
])("refuses %s", (_, settings, what) => {
  expect(apiAlarmFaults(settings)).toMatchObject([{ what: expect.stringContaining(what) }]);
});
