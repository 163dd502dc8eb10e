import { metrics } from "../../../services/runner-core/src/metrics";

test("a count is a line in the embedded metric format, for the fleet and for the pool", () => {
  const lines: string[] = [];
  const count = metrics(
    "groundplan-dev",
    () => 1_800_000_000.5,
    (line) => lines.push(line),
  );
  count("InstancesStarted", 1, "small");
  count("JobSecondsToStart", 7);
  expect(lines.every((line) => line.endsWith("\n"))).toBe(true);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      _aws: {
        Timestamp: 1_800_000_000_500,
        CloudWatchMetrics: [
          {
            Namespace: "Groundplan/Runners",
            Dimensions: [["Fleet"], ["Fleet", "Pool"]],
            Metrics: [{ Name: "InstancesStarted", Unit: "Count" }],
          },
        ],
      },
      Fleet: "groundplan-dev",
      Pool: "small",
      InstancesStarted: 1,
    },
    {
      _aws: {
        Timestamp: 1_800_000_000_500,
        CloudWatchMetrics: [
          {
            Namespace: "Groundplan/Runners",
            Dimensions: [["Fleet"]],
            Metrics: [{ Name: "JobSecondsToStart", Unit: "Seconds" }],
          },
        ],
      },
      Fleet: "groundplan-dev",
      JobSecondsToStart: 7,
    },
  ]);
});
