import type { Fault } from "../core/errors";
import type { PolicyStatement } from "../core/policy";

/** Who may use a repository: a whole account, one role or user, or an AWS service on behalf of an account. */
export type Grantee =
  | { readonly account: string }
  | { readonly arn: string }
  | { readonly service: string; readonly sourceAccount: string };

/**
 * What a pull needs on the repository; `ecr:GetAuthorizationToken` is asked of the caller's own policy.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html
 */
export const PULL_ACTIONS = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];

/** What a push needs on the repository, reading back included. */
export const PUSH_ACTIONS = [
  ...PULL_ACTIONS,
  "ecr:CompleteLayerUpload",
  "ecr:InitiateLayerUpload",
  "ecr:PutImage",
  "ecr:UploadLayerPart",
];

/** The statement of a repository policy that lets a grantee do something. */
export function grantStatement(
  sid: string,
  actions: readonly string[],
  grantee: Grantee,
  partition: string,
): PolicyStatement {
  const statement = { Sid: sid, Effect: "Allow", Action: actions } as const;
  if ("account" in grantee) {
    return { ...statement, Principal: { AWS: `arn:${partition}:iam::${grantee.account}:root` } };
  }
  if ("arn" in grantee) return { ...statement, Principal: { AWS: grantee.arn } };
  return {
    ...statement,
    Principal: { Service: grantee.service },
    // A service acts for many accounts: only this one's requests are let in.
    Condition: { StringEquals: { "aws:SourceAccount": grantee.sourceAccount } },
  };
}

/** The faults of a grantee; a value with a token in it is not judged. */
export function granteeFaults(grantee: Grantee): readonly Fault[] {
  const token = /\$\{/;
  if ("arn" in grantee) {
    if (token.test(grantee.arn) || /^arn:aws[a-z-]*:(iam|sts)::\d{12}:[a-z-]+\/.+$/.test(grantee.arn)) return [];
    const instead = "use the ARN of a role or a user, e.g. arn:aws:iam::123456789012:role/deploy";
    return [{ what: `grantee ${JSON.stringify(grantee.arn)} is not the ARN of a principal`, instead }];
  }
  const account = "account" in grantee ? grantee.account : grantee.sourceAccount;
  if (!token.test(account) && !/^\d{12}$/.test(account)) {
    return [{ what: `account ${JSON.stringify(account)} has not 12 digits`, instead: 'use e.g. "123456789012"' }];
  }
  if ("service" in grantee && !/^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/.test(grantee.service)) {
    return [{ what: `service ${JSON.stringify(grantee.service)} is none`, instead: 'use e.g. "lambda.amazonaws.com"' }];
  }
  return [];
}
