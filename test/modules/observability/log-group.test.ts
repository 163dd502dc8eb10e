import { logGroup } from "@groundplan/modules/observability";
import { synthesized } from "../network/synthesized";

test("logs are kept for 30 days when nobody says otherwise, by the service's own key", () => {
  const group = synthesized((scope) => void logGroup(scope, "logs", { name: "/app/orders" })).one(
    "aws_cloudwatch_log_group",
  );
  expect(group).toEqual({ name: "/app/orders", retention_in_days: 30, tags: { Name: "/app/orders" } });
});

test("keeps logs for as long as it is told, and encrypts them by a given key", () => {
  const kmsKeyArn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  const props = { name: "/app/orders", retentionDays: 400, kmsKeyArn };
  const group = synthesized((scope) => void logGroup(scope, "logs", props)).one("aws_cloudwatch_log_group");
  expect(group).toMatchObject({ retention_in_days: 400, kms_key_id: kmsKeyArn });
});
