import { alarmOf, percentFaults, slowest, topicFaults } from "../../../modules/observability/alarms";

test("an alarm is named after what it watches, tells the same topics when it goes on and off, and takes no call for no fault", () => {
  expect(alarmOf("throttles", { of: "orders", topicArns: ["topic"] })).toMatchObject({
    alarmName: "orders-throttles",
    alarmActions: ["topic"],
    okActions: ["topic"],
    treatMissingData: "notBreaching",
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
  });
});

test("the slowest calls are those above the 99th percentile of a minute", () => {
  expect(slowest("duration", "AWS/Lambda", "Duration", { FunctionName: "orders" })).toEqual({
    namespace: "AWS/Lambda",
    metricName: "Duration",
    dimensions: { FunctionName: "orders" },
    period: 60,
    extendedStatistic: "p99",
  });
});

test("a share is 0 to 100 percent", () => {
  expect([0, 50, 100].flatMap((value) => percentFaults("share", value))).toEqual([]);
  expect([-1, 101].flatMap((value) => percentFaults("share", value))).toHaveLength(2);
});

test("a topic with a token in it is not judged", () => {
  expect(topicFaults(["${aws_sns_topic.alarms.arn}"])).toEqual([]);
  expect(topicFaults(["arn:aws:sqs:us-east-1:123456789012:alarms"])).toHaveLength(1);
});
