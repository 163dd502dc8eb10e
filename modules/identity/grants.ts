import type { Fault } from "../core/errors";
import type { PolicyStatement } from "../core/policy";
import { PULL_ACTIONS } from "../registry/grants";

/** Objects of a bucket. */
export interface Objects {
  /** ARN of the bucket. */
  readonly bucketArn: string;

  /**
   * How their keys begin, e.g. `orders/`.
   *
   * @default "" - all of them
   */
  readonly prefix?: string;
}

/** The statements of each grant: the fewest actions that do it, on the named resources only. */
export const STATEMENTS = {
  readParameters: (arns: readonly string[]) => [
    allow(["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"], arns),
  ],
  readSecret: (arn: string) => [
    allow(["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], arn),
  ],
  // Without the right to list, S3 answers a missing key with 403 and not with 404.
  readObjects: ({ bucketArn, prefix = "" }: Objects) => [
    allow(["s3:GetObject"], `${bucketArn}/${prefix}*`),
    {
      ...allow(["s3:ListBucket"], bucketArn),
      ...(prefix === "" ? {} : { Condition: { StringLike: { "s3:prefix": `${prefix}*` } } }),
    },
  ],
  writeObjects: ({ bucketArn, prefix = "" }: Objects) => [
    allow(["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"], `${bucketArn}/${prefix}*`),
  ],
  send: (queueArn: string) => [allow(["sqs:GetQueueUrl", "sqs:SendMessage"], queueArn)],
  receive: (queueArn: string) => [
    allow(
      [
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ReceiveMessage",
      ],
      queueArn,
    ),
  ],
  pull: (repositoryArns: readonly string[]) => [
    allow(PULL_ACTIONS, repositoryArns),
    // The token is the account's: the action takes no resource.
    allow(["ecr:GetAuthorizationToken"], "*"),
  ],
  decrypt: (keyArn: string) => [allow(["kms:Decrypt"], keyArn)],
} as const;

function allow(Action: readonly string[], Resource: string | readonly string[]): PolicyStatement {
  return { Effect: "Allow", Action, Resource };
}

/** The faults of ARNs that are granted: texts that are none, or that stand for more than one resource. */
export function arnFaults(arns: readonly string[]): readonly Fault[] {
  const instead = 'name the resource, e.g. "arn:aws:s3:::orders"';
  if (arns.length === 0) return [{ what: "nothing is named to grant", instead }];
  return arns
    .filter(
      (arn) =>
        !arn.includes("${") && !/^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(?:\d{12})?:[^*?\s]+$/.test(arn),
    )
    .map((arn) => ({ what: `${JSON.stringify(arn)} is not the ARN of a resource`, instead }));
}
