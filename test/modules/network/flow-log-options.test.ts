import { type FlowLogOptions, flowLogFaults } from "@groundplan/modules/network/flow-log-options";
import { Token } from "cdktf";

test.each<FlowLogOptions>([
  {},
  { destination: "cloudwatch", retentionDays: 14, encryption: "own", trafficType: "REJECT" },
  { maxAggregationInterval: 60 },
  { destination: "s3" },
  { destination: "s3", retentionDays: 17, deletionProtection: true },
  { destination: "s3", bucketArn: "arn:aws:s3:::log-archive/flow-logs", hiveCompatiblePartitions: true },
  { destination: "s3", bucketArn: "arn:aws-us-gov:s3:::log-archive" },
  { retentionDays: Token.asNumber({ days: "later" }) },
  { destination: "s3", bucketArn: Token.asString({ arn: "later" }) },
])("%j passes", (options) => expect(flowLogFaults(options)).toEqual([]));

test.each<[FlowLogOptions, string, string]>([
  [
    { retentionDays: 15 },
    "CloudWatch Logs does not offer a retention of 15 days",
    "use one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653",
  ],
  [
    { destination: "s3", retentionDays: 0 },
    "flow logs in S3 are kept for 0 days",
    "use a whole number of 1 or more, e.g. 30",
  ],
  [
    { destination: "s3", retentionDays: 1.5 },
    "flow logs in S3 are kept for 1.5 days",
    "use a whole number of 1 or more, e.g. 30",
  ],
  [{ maxAggregationInterval: 300 as 600 }, "flow logs gather over 300 seconds", "use 60 or 600"],
  [
    { destination: "s3", bucketArn: "log-archive" },
    'flow logs\' bucketArn is "log-archive", which is not the ARN of a bucket',
    'use e.g. "arn:aws:s3:::log-archive/flow-logs"',
  ],
  [
    { destination: "s3", bucketArn: "arn:aws:s3:::log-archive", retentionDays: 30 },
    "flow logs have both bucketArn and retentionDays",
    "leave retentionDays out: the owner of a given bucket decides it; or leave bucketArn out",
  ],
])("%j is refused", (options, what, instead) => {
  expect(flowLogFaults(options)).toEqual([{ what, instead }]);
});
