import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { Construct } from "constructs";
import { type PolicyStatement, partitionOf, policyDocument } from "../core";

/** Where a registry's key is, and what it is for. */
export interface RegistryKeyProps {
  /** Begins the names of the repositories, e.g. `groundplan/dev`. */
  readonly prefix: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;

  /** Days between a request to delete the key and its deletion, 7 to 30. */
  readonly deletionDays: number;
}

/** A KMS key for the images of a registry; returns its ARN. */
export function registryKeyArn(scope: Construct, props: RegistryKeyProps): string {
  const { prefix } = props;
  const key = new KmsKey(scope, "key", {
    description: `Images of ${prefix}`,
    enableKeyRotation: true,
    deletionWindowInDays: props.deletionDays,
    policy: policyDocument(keyStatements(props)),
    tags: { Name: `${prefix}/registry` },
  });
  new KmsAlias(scope, "key-alias", { name: `alias/${prefix}/registry`, targetKeyId: key.keyId });
  return key.arn;
}

/**
 * The account administers the key, but nobody reads or writes with it save through ECR: the words of
 * the policy that AWS gives its own key `aws/ecr`.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
 */
function keyStatements({ account, region }: RegistryKeyProps): readonly PolicyStatement[] {
  return [
    {
      Sid: "Administration",
      Effect: "Allow",
      Principal: { AWS: `arn:${partitionOf(region)}:iam::${account}:root` },
      Action: [
        "kms:CancelKeyDeletion",
        "kms:DeleteAlias",
        "kms:CreateAlias",
        "kms:Describe*",
        "kms:Disable*",
        "kms:Enable*",
        "kms:Get*",
        "kms:List*",
        "kms:Put*",
        "kms:RevokeGrant",
        "kms:RotateKeyOnDemand",
        "kms:ScheduleKeyDeletion",
        "kms:TagResource",
        "kms:UntagResource",
        "kms:Update*",
      ],
      Resource: "*",
    },
    {
      Sid: "ThroughEcr",
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: [
        "kms:CreateGrant",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey*",
        "kms:ReEncrypt*",
        "kms:RetireGrant",
      ],
      Resource: "*",
      Condition: {
        StringEquals: { "kms:CallerAccount": account, "kms:ViaService": `ecr.${region}.amazonaws.com` },
      },
    },
  ];
}
