import type { PodIdentityRole } from "@groundplan/modules/identity";
import { assert, constantFrom, property } from "fast-check";
import { podWith, statementsOf } from "./roles";

const BUCKET = "arn:aws:s3:::orders";
const QUEUE = "arn:aws:sqs:us-east-1:123456789012:mail";
const KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf";
const PARAMETER = "arn:aws:ssm:us-east-1:123456789012:parameter/groundplan/dev/network";
const REPOSITORY = "arn:aws:ecr:us-east-1:123456789012:repository/groundplan/dev/api";

/** Each grant on a resource, with the name of its policy, its actions, and what they are on. */
const GRANTS: readonly [
  string,
  (role: PodIdentityRole, arn: string) => void,
  string,
  readonly [string[], unknown][],
][] = [
  [
    "read-parameters-x",
    (role, arn) => role.grantReadParameters("x", arn),
    PARAMETER,
    [[["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"], [PARAMETER]]],
  ],
  [
    "read-secret-x",
    (role, arn) => role.grantReadSecret("x", arn),
    SECRET,
    [[["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], SECRET]],
  ],
  [
    "read-objects-x",
    (role, bucketArn) => role.grantReadObjects("x", { bucketArn }),
    BUCKET,
    [
      [["s3:GetObject"], `${BUCKET}/*`],
      [["s3:ListBucket"], BUCKET],
    ],
  ],
  [
    "write-objects-x",
    (role, bucketArn) => role.grantWriteObjects("x", { bucketArn, prefix: "in/" }),
    BUCKET,
    [[["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"], `${BUCKET}/in/*`]],
  ],
  [
    "send-x",
    (role, arn) => role.grantSend("x", arn),
    QUEUE,
    [[["sqs:GetQueueUrl", "sqs:SendMessage"], QUEUE]],
  ],
  [
    "receive-x",
    (role, arn) => role.grantReceive("x", arn),
    QUEUE,
    [
      [
        [
          "sqs:ChangeMessageVisibility",
          "sqs:DeleteMessage",
          "sqs:GetQueueAttributes",
          "sqs:GetQueueUrl",
          "sqs:ReceiveMessage",
        ],
        QUEUE,
      ],
    ],
  ],
  [
    "pull-x",
    (role, arn) => role.grantPull("x", arn),
    REPOSITORY,
    [
      [["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], [REPOSITORY]],
      [["ecr:GetAuthorizationToken"], "*"],
    ],
  ],
  ["decrypt-x", (role, arn) => role.grantDecrypt("x", arn), KEY, [[["kms:Decrypt"], KEY]]],
];

test.each(GRANTS)("%s: the fewest actions, on the named resource", (name, grant, arn, expected) => {
  const policy = podWith({}, (role) => grant(role, arn)).one("aws_iam_role_policy");
  expect(policy.name).toBe(name);
  const found = statementsOf(policy.policy).map((each: { Action: unknown; Resource: unknown }) => [
    each.Action,
    each.Resource,
  ]);
  expect(found).toEqual(expected);
});

test("a list is held to the prefix that is read", () => {
  const stack = podWith({}, (role) => role.grantReadObjects("x", { bucketArn: BUCKET, prefix: "orders/" }));
  const [read, list] = statementsOf(stack.one("aws_iam_role_policy").policy);
  expect(read.Resource).toBe(`${BUCKET}/orders/*`);
  expect(list.Condition).toEqual({ StringLike: { "s3:prefix": "orders/*" } });
});

test("no grant takes every resource, or what is no ARN", () => {
  const wrong = constantFrom(
    "*",
    "",
    "orders",
    "arn:aws:s3:::*",
    "arn:aws:sqs:us-east-1:123456789012:*",
    "arn:aws:s3:::o*",
    "arn:aws:secretsmanager:us-east-1:123456789012:secret:*",
    "arn:aws:kms:us-east-1:123456789012:key/?",
    "arn:*",
  );
  assert(
    property(constantFrom(...GRANTS), wrong, ([, grant], arn) => {
      expect(() => podWith({}, (role) => grant(role, arn))).toThrow(
        `${JSON.stringify(arn)} is not the ARN of a resource`,
      );
    }),
  );
});

test("a reference to a resource is taken", () => {
  const arn = "$" + "{aws_sqs_queue.mail.arn}";
  expect(podWith({}, (role) => role.grantSend("mail", arn)).paths("aws_iam_role_policy")).toEqual([
    "api/policies/send-mail",
  ]);
});

test("nothing named is nothing granted", () => {
  expect(() => podWith({}, (role) => role.grantPull("none"))).toThrow("nothing is named to grant");
});
