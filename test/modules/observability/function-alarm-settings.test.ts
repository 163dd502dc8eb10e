import { type FunctionAlarmSettings, functionAlarmFaults } from "@groundplan/modules/observability";

const TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms";

test("accepts what an alarm can measure and tell", () => {
  expect(functionAlarmFaults({}, 10)).toEqual([]);
  expect(
    functionAlarmFaults({ errorPercent: 0, throttles: 3, durationMs: 10_000, topicArns: [TOPIC] }, 10),
  ).toEqual([]);
});

test.each<[string, FunctionAlarmSettings, string]>([
  ["an error rate above 100", { errorPercent: 101 }, "alarms.errorPercent is 101"],
  ["half a throttle", { throttles: 0.5 }, "alarms.throttles is 0.5"],
  ["a duration beyond the timeout", { durationMs: 10_001 }, "alarms.durationMs is 10001"],
  ["a topic without its ARN", { topicArns: ["alarms"] }, 'topic "alarms" is not the ARN of an SNS topic'],
])("refuses %s", (_, settings, what) => {
  expect(functionAlarmFaults(settings, 10)).toMatchObject([{ what: expect.stringContaining(what) }]);
});
