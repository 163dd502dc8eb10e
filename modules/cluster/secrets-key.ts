import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { Construct } from "constructs";
import { accountKeyStatement, partitionOf, policyDocument } from "../core";

/** Where a cluster's key is, and what it is for. */
export interface SecretsKeyProps {
  /** Name of the cluster. */
  readonly clusterName: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;

  /** Days between a request to delete the key and its deletion, 7 to 30. */
  readonly deletionDays: number;
}

/**
 * The KMS key with which the Kubernetes API encrypts secrets; returns its ARN.
 *
 * Who creates the cluster lets EKS use the key by a grant, so the key's policy names nobody but the account.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html
 */
export function secretsKeyArn(scope: Construct, props: SecretsKeyProps): string {
  const { clusterName, account, region } = props;
  const key = new KmsKey(scope, "secrets-key", {
    description: `Kubernetes secrets of ${clusterName}`,
    enableKeyRotation: true,
    deletionWindowInDays: props.deletionDays,
    policy: policyDocument([accountKeyStatement(account, partitionOf(region))]),
    tags: { Name: `${clusterName}-secrets` },
  });
  new KmsAlias(scope, "secrets-key-alias", {
    name: `alias/${clusterName}/secrets`,
    targetKeyId: key.keyId,
  });
  return key.arn;
}
