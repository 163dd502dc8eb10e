import type { Fault } from "../core/errors";
import type { PolicyStatement } from "../core/policy";

/** Who may use a repository: a whole account, one role or user, or an AWS service on behalf of others' resources. */
export type Grantee = AccountGrantee | ArnGrantee | ServiceGrantee;

/** Every principal of an account that its own policies let pull or push. */
export interface AccountGrantee {
  /** AWS account, 12 digits. */
  readonly account: string;
}

/** One principal. */
export interface ArnGrantee {
  /** ARN of a role or a user. */
  readonly arn: string;
}

/** An AWS service, held to the resources that it acts for. */
export interface ServiceGrantee {
  /** Service principal, e.g. `lambda.amazonaws.com`. */
  readonly service: string;

  /**
   * ARN of those resources, `*` and `?` allowed, e.g. `arn:aws:lambda:us-east-1:123456789012:function:*`:
   * without it the service could be made to pull for a stranger.
   */
  readonly sourceArn: string;
}

/**
 * What a pull needs on the repository; `ecr:GetAuthorizationToken` is asked of the caller's own policy.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html
 */
export const PULL_ACTIONS = [
  "ecr:BatchCheckLayerAvailability",
  "ecr:BatchGetImage",
  "ecr:GetDownloadUrlForLayer",
] as const;

/**
 * What a push needs on the repository, reading back included.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
 */
export const PUSH_ACTIONS = [
  ...PULL_ACTIONS,
  "ecr:CompleteLayerUpload",
  "ecr:InitiateLayerUpload",
  "ecr:PutImage",
  "ecr:UploadLayerPart",
] as const;

/** What somebody was let do: `Pull` or `Push`, the policy's words for {@link PULL_ACTIONS} and {@link PUSH_ACTIONS}. */
export interface Grant {
  /** Whether images may be pulled, or pushed too. */
  readonly access: "Pull" | "Push";

  /** Who gets it. */
  readonly grantee: Grantee;
}

/**
 * The statements of a repository policy: principals that were granted the same thing stand in one
 * statement, sorted, so that the order of the grants never changes the policy; services in one each.
 */
export function grantStatements(grants: readonly Grant[], partition: string): readonly PolicyStatement[] {
  const statements = (["Pull", "Push"] as const).flatMap((access): readonly PolicyStatement[] => {
    const granted = grants.filter((grant) => grant.access === access).map((grant) => grant.grantee);
    const Action = access === "Pull" ? PULL_ACTIONS : PUSH_ACTIONS;
    const principals = sortedSet(granted.flatMap((grantee) => principalArns(grantee, partition)));
    const services = sortedSet(
      granted.flatMap((grantee) =>
        "service" in grantee ? [JSON.stringify([grantee.service, grantee.sourceArn])] : [],
      ),
    );
    return [
      ...(principals.length === 0
        ? []
        : [{ Sid: access, Effect: "Allow", Principal: { AWS: principals }, Action } as const]),
      ...services.map((text, index): PolicyStatement => {
        const [Service, sourceArn] = JSON.parse(text) as [string, string];
        return {
          Sid: `${access}Service${index + 1}`,
          Effect: "Allow",
          Principal: { Service },
          Action,
          Condition: { ArnLike: { "aws:SourceArn": sourceArn } },
        };
      }),
    ];
  });
  return statements;
}

function principalArns(grantee: Grantee, partition: string): readonly string[] {
  if ("account" in grantee) return [`arn:${partition}:iam::${grantee.account}:root`];
  return "arn" in grantee ? [grantee.arn] : [];
}

function sortedSet(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}

const TOKEN = /\$\{/;

/** The faults of a grantee; a value with a token in it is not judged. */
export function granteeFaults(grantee: Grantee): readonly Fault[] {
  if ("account" in grantee) return accountFaults(grantee.account);
  if ("arn" in grantee) return arnFaults(grantee.arn);
  const faults: Fault[] = [];
  const { service, sourceArn } = grantee;
  if (!TOKEN.test(service) && !/^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/.test(service)) {
    faults.push({
      what: `service ${JSON.stringify(service)} is not the principal of an AWS service`,
      instead: 'use e.g. "lambda.amazonaws.com"',
    });
  }
  if (!TOKEN.test(sourceArn) && !/^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9*?-]*:\d{12}:.+$/.test(sourceArn)) {
    faults.push({
      what: `sourceArn ${JSON.stringify(sourceArn)} does not name resources of one account`,
      instead: 'use e.g. "arn:aws:lambda:us-east-1:123456789012:function:*"',
    });
  }
  return faults;
}

function accountFaults(account: string): readonly Fault[] {
  if (TOKEN.test(account) || /^\d{12}$/.test(account)) return [];
  return [
    { what: `account ${JSON.stringify(account)} has not 12 digits`, instead: 'use e.g. "123456789012"' },
  ];
}

function arnFaults(arn: string): readonly Fault[] {
  if (TOKEN.test(arn) || /^arn:aws[a-z-]*:(?:iam|sts)::\d{12}:(?:role|user|assumed-role)\/[^*]+$/.test(arn))
    return [];
  return [
    {
      what: `grantee ${JSON.stringify(arn)} is not the ARN of a role or a user`,
      instead: "use e.g. arn:aws:iam::123456789012:role/deploy",
    },
  ];
}
