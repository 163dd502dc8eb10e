import { surroundingsOf } from "../../../../cli/report/risks/surroundings";
import { reportWith, resource } from "../runs";

const trusting = (account: string) =>
  resource("aws_iam_role.a", ["create"], null, {
    assume_role_policy: JSON.stringify({
      Statement: {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
      },
    }),
  });
const existing = resource("aws_sqs_queue.a", ["no-op"], { arn: "arn:aws:sqs:us-east-1:111122223333:a" }, {});

test("the account of a plan is that of its ARNs", () => {
  expect(surroundingsOf(undefined).account).toBeUndefined();
  expect(surroundingsOf({ resource_changes: [existing] }).account).toBe("111122223333");
});

test("another account is known by it, and nothing is said when it is not known", () => {
  const risks = (...changes: Parameters<typeof reportWith>[0][string]["resource_changes"] & object) =>
    reportWith({ "dev-a": { resource_changes: changes } }).stacks[0]?.risks;
  expect(risks(existing, trusting("999988887777"))).toHaveLength(1);
  expect(risks(existing, trusting("111122223333"))).toEqual([]);
  expect(risks(trusting("999988887777"))).toEqual([]);
});
