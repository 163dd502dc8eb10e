import { vpcWith } from "./synthesized";

test("flow logs are on: all traffic of the VPC, by default over ten minutes", () => {
  const stack = vpcWith();
  const args = stack.one("aws_flow_log", "vpc/flow-logs/flow-log");
  expect(args).toMatchObject({
    vpc_id: `\${${stack.address("aws_vpc", "vpc/vpc")}.id}`,
    traffic_type: "ALL",
    max_aggregation_interval: 600,
    log_destination_type: "cloud-watch-logs",
    tags: { Name: "dev" },
  });
});

test("traffic and interval are the caller's", () => {
  const stack = vpcWith({ flowLogs: { trafficType: "REJECT", maxAggregationInterval: 60 } });
  expect(stack.one("aws_flow_log")).toMatchObject({ traffic_type: "REJECT", max_aggregation_interval: 60 });
});

test("they are off only when that is spelled out, and then nothing of them is left", () => {
  const stack = vpcWith({ flowLogs: "none" });
  for (const type of ["aws_flow_log", "aws_cloudwatch_log_group", "aws_iam_role", "aws_caller_identity"]) {
    expect(stack.paths(type)).toEqual([]);
  }
});
