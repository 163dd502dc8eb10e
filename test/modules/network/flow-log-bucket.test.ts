import { accountOf, vpcWith } from "./synthesized";

const ACCOUNT = accountOf(vpcWith());
const BUCKET = `dev-flow-logs-${ACCOUNT}-us-east-1`;

function statement(text: unknown, sid: string): Record<string, unknown> | undefined {
  const { Statement } = JSON.parse(String(text)) as { Statement: Record<string, unknown>[] };
  return Statement.find((candidate) => candidate.Sid === sid);
}

test("flow logs go to a closed bucket of their own, as Parquet by the hour, without a role", () => {
  const stack = vpcWith({ flowLogs: { destination: "s3" } });
  expect(stack.one("aws_s3_bucket").bucket).toBe(BUCKET);
  expect(stack.one("aws_s3_bucket_public_access_block")).toMatchObject({
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  });
  expect(stack.one("aws_flow_log")).toMatchObject({
    log_destination_type: "s3",
    log_destination: `\${${stack.address("aws_s3_bucket", "vpc/flow-logs/bucket/bucket")}.arn}`,
    destination_options: {
      file_format: "parquet",
      hive_compatible_partitions: false,
      per_hour_partition: true,
    },
    depends_on: [stack.address("aws_s3_bucket_policy", "vpc/flow-logs/bucket/policy")],
  });
  expect(stack.one("aws_flow_log")).not.toHaveProperty("iam_role_arn");
  for (const type of ["aws_iam_role", "aws_cloudwatch_log_group"]) expect(stack.paths(type)).toEqual([]);
});

test("the log delivery service writes for this account only, into the account's folder", () => {
  const { policy } = vpcWith({ flowLogs: { destination: "s3" } }).one("aws_s3_bucket_policy") as {
    policy: string;
  };
  const ArnLike = { "aws:SourceArn": `arn:aws:logs:us-east-1:${ACCOUNT}:*` };
  expect(statement(policy, "AWSLogDeliveryWrite")).toEqual({
    Sid: "AWSLogDeliveryWrite",
    Effect: "Allow",
    Principal: { Service: "delivery.logs.amazonaws.com" },
    Action: "s3:PutObject",
    Resource: `arn:aws:s3:::${BUCKET}/AWSLogs/${ACCOUNT}/*`,
    Condition: {
      StringEquals: { "aws:SourceAccount": ACCOUNT, "s3:x-amz-acl": "bucket-owner-full-control" },
      ArnLike,
    },
  });
  expect(statement(policy, "AWSLogDeliveryAclCheck")).toMatchObject({
    Action: ["s3:GetBucketAcl", "s3:ListBucket"],
    Resource: `arn:aws:s3:::${BUCKET}`,
    Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT }, ArnLike },
  });
  expect(statement(policy, "TlsOnly")).toBeDefined();
});

test("Hive's folders are another path, and the policy follows", () => {
  const stack = vpcWith({ flowLogs: { destination: "s3", hiveCompatiblePartitions: true } });
  expect(statement(stack.one("aws_s3_bucket_policy").policy, "AWSLogDeliveryWrite")?.Resource).toBe(
    `arn:aws:s3:::${BUCKET}/AWSLogs/aws-account-id=${ACCOUNT}/*`,
  );
});

test("files expire after the retention, and the bucket can be kept from destruction", () => {
  const stack = vpcWith({ flowLogs: { destination: "s3", retentionDays: 400, deletionProtection: true } });
  expect(stack.one("aws_s3_bucket_lifecycle_configuration").rule).toContainEqual(
    expect.objectContaining({ id: "retention", status: "Enabled", expiration: [{ days: 400 }] }),
  );
  expect(stack.one("aws_s3_bucket")).toMatchObject({
    force_destroy: false,
    lifecycle: { prevent_destroy: true },
  });
});

test("a given bucket is used as it is", () => {
  const bucketArn = "arn:aws:s3:::log-archive/flow-logs";
  const flowLogs = {
    destination: "s3",
    bucketArn,
    fileFormat: "plain-text",
    perHourPartition: false,
  } as const;
  const stack = vpcWith({ flowLogs });
  expect(stack.paths("aws_s3_bucket")).toEqual([]);
  expect(stack.one("aws_flow_log")).toMatchObject({
    log_destination: bucketArn,
    destination_options: { file_format: "plain-text", per_hour_partition: false },
  });
});

test("a long name is cut so that the bucket's stays within 63 characters", () => {
  const name = "a-name-of-thirty-two-characters1";
  const stack = vpcWith({ name, availabilityZones: ["ap-southeast-1a"], flowLogs: { destination: "s3" } });
  const bucket = String(stack.one("aws_s3_bucket").bucket).replace(/\$\{[^}]+\}/, "123456789012");
  expect(bucket).toMatch(/^a-name-of-thirty-.+-123456789012-ap-southeast-1$/);
  expect(bucket.length).toBeLessThanOrEqual(63);
});
