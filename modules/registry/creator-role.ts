import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { Construct } from "constructs";
import { fitName, NAME_RULES, type PolicyStatement, partitionOf, policyDocument } from "../core";

/** What the role of a cache may make. */
export interface CreatorRoleProps {
  /** Prefix of the cached repositories, e.g. `groundplan/dev/ecr-public`. */
  readonly repositoryPrefix: string;

  /** What begins the role's name, e.g. `groundplan-dev-ecr-public`. */
  readonly roleNamePrefix: string;

  /** AWS account of the cache, 12 digits. */
  readonly account: string;

  /** AWS Region of the cache, e.g. `us-east-1`. */
  readonly region: string;

  /** Key that encrypts them, if it is not S3's own. */
  readonly kmsKeyArn?: string;
}

/** The role of a cache, and what lets it make repositories: whoever hands out the role depends on that. */
export interface CreatorRole {
  /** ARN of the role. */
  readonly arn: string;

  /** What lets it make repositories. */
  readonly policy: IamRolePolicy;
}

/**
 * The role by which ECR makes the repositories of a cache.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-create-iam.html
 */
export function creatorRole(scope: Construct, props: CreatorRoleProps): CreatorRole {
  const { repositoryPrefix, roleNamePrefix, account, region, kmsKeyArn } = props;
  const repositories: PolicyStatement = {
    Sid: "CreateRepositories",
    Effect: "Allow",
    Action: ["ecr:CreateRepository", "ecr:TagResource"],
    Resource: `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${repositoryPrefix}/*`,
  };
  const role = new IamRole(scope, "role", {
    // Roles belong to the account, caches to a Region of it.
    name: fitName(`${roleNamePrefix}-cache-${region}`, NAME_RULES.role.maxLength),
    description: `Makes the repositories cached under ${repositoryPrefix}`,
    assumeRolePolicy: policyDocument([
      {
        Effect: "Allow",
        Principal: { Service: "ecr.amazonaws.com" },
        Action: "sts:AssumeRole",
        // ECR's documentation has no condition: it holds where ECR says for whom it acts.
        Condition: { StringEqualsIfExists: { "aws:SourceAccount": account } },
      },
    ]),
  });
  const policy = new IamRolePolicy(scope, "role-policy", {
    name: "create-repositories",
    role: role.id,
    policy: policyDocument(
      kmsKeyArn === undefined ? [repositories] : [repositories, keyStatement(kmsKeyArn)],
    ),
  });
  return { arn: role.arn, policy };
}

function keyStatement(kmsKeyArn: string): PolicyStatement {
  return {
    Sid: "EncryptThem",
    Effect: "Allow",
    Action: ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"],
    Resource: kmsKeyArn,
  };
}
