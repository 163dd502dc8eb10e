import { jsonText } from "./json";

export { partitionOf } from "./partition";

/** A statement of an IAM policy, in the words of the policy language. */
export interface PolicyStatement {
  /** Name of the statement, for readers. */
  readonly Sid?: string;

  /** Whether it allows or denies. */
  readonly Effect: "Allow" | "Deny";

  /** Who it is about, in the policy of a resource. */
  readonly Principal?: "*" | Readonly<Record<string, string | readonly string[]>>;

  /** Actions that it is about. */
  readonly Action?: string | readonly string[];

  /** Actions that it is not about. */
  readonly NotAction?: string | readonly string[];

  /** ARNs that it is about, `*` allowed. */
  readonly Resource?: string | readonly string[];

  /** ARNs that it is not about, `*` allowed. */
  readonly NotResource?: string | readonly string[];

  /** When it holds: operator, key and values. */
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/**
 * A policy as JSON. Written out rather than read from `aws_iam_policy_document`, so that a plan shows
 * its text as soon as the names in it are known.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function policyDocument(statements: readonly PolicyStatement[]): string {
  return jsonText({ Version: "2012-10-17", Statement: statements });
}

/**
 * The statement of a key policy by which the account's IAM policies decide who may use and administer
 * the key; without one, nobody could ever change the key again.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export function accountKeyStatement(account: string, partition: string): PolicyStatement {
  return {
    Sid: "Account",
    Effect: "Allow",
    Principal: { AWS: `arn:${partition}:iam::${account}:root` },
    Action: "kms:*",
    Resource: "*",
  };
}
