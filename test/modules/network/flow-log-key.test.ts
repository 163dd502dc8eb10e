import { accountOf, vpcWith } from "./synthesized";

const ACCOUNT = accountOf(vpcWith());

function statements(text: unknown): readonly Record<string, unknown>[] {
  return (JSON.parse(String(text)) as { Statement: Record<string, unknown>[] }).Statement;
}

test("there is no key unless asked for", () => {
  const stack = vpcWith();
  expect(stack.paths("aws_kms_key")).toEqual([]);
  expect(stack.one("aws_cloudwatch_log_group")).not.toHaveProperty("kms_key_id");
});

test("a given key encrypts the log group", () => {
  const kmsKeyArn = "arn:aws:kms:us-east-1:123456789012:key/0";
  const stack = vpcWith({ flowLogs: { encryption: { kmsKeyArn } } });
  expect(stack.paths("aws_kms_key")).toEqual([]);
  expect(stack.one("aws_cloudwatch_log_group").kms_key_id).toBe(kmsKeyArn);
});

test("an own key rotates, has a name, and CloudWatch Logs uses it for this log group only", () => {
  const stack = vpcWith({ flowLogs: { encryption: "own" } });
  const key = stack.one("aws_kms_key", "vpc/flow-logs/key");
  expect(key).toMatchObject({
    enable_key_rotation: true,
    deletion_window_in_days: 30,
    tags: { Name: "dev-flow-logs" },
  });
  expect(statements(key.policy)).toEqual([
    {
      Sid: "Account",
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      Action: "kms:*",
      Resource: "*",
    },
    {
      Sid: "CloudWatchLogs",
      Effect: "Allow",
      Principal: { Service: "logs.us-east-1.amazonaws.com" },
      Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
      Resource: "*",
      Condition: {
        ArnEquals: {
          "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:/aws/vpc-flow-logs/dev`,
        },
      },
    },
  ]);
  const address = stack.address("aws_kms_key", "vpc/flow-logs/key");
  expect(stack.one("aws_kms_alias")).toEqual({
    name: "alias/dev-flow-logs",
    target_key_id: `\${${address}.key_id}`,
  });
  expect(stack.one("aws_cloudwatch_log_group").kms_key_id).toBe(`\${${address}.arn}`);
});

test("for a bucket the log delivery service uses the own key, for this account only", () => {
  const stack = vpcWith({ flowLogs: { destination: "s3", encryption: "own" } });
  expect(statements(stack.one("aws_kms_key").policy)[1]).toEqual({
    Sid: "LogDelivery",
    Effect: "Allow",
    Principal: { Service: "delivery.logs.amazonaws.com" },
    Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
    Resource: "*",
    Condition: {
      StringEquals: { "aws:SourceAccount": ACCOUNT },
      ArnLike: { "aws:SourceArn": `arn:aws:logs:us-east-1:${ACCOUNT}:*` },
    },
  });
});
