import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { Construct } from "constructs";
import { type PolicyStatement, policyDocument } from "../core";
import type { FlowLogContext, FlowLogEncryption } from "./flow-log-options";

/**
 * ARN of the key that encrypts a VPC's flow logs: undefined for the service's own, else given, or made here.
 *
 * @param use - what the service that writes the logs may do with a key that is made here.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function flowLogKeyArn(
  scope: Construct,
  context: FlowLogContext,
  encryption: FlowLogEncryption = "aws",
  use: PolicyStatement,
): string | undefined {
  if (encryption === "aws") return undefined;
  if (encryption !== "own") return encryption.kmsKeyArn;
  const { name, account, partition } = context;
  const key = new KmsKey(scope, "key", {
    description: `Flow logs of VPC ${name}`,
    enableKeyRotation: true,
    // The longest wait that KMS offers: with the key the logs would be gone.
    deletionWindowInDays: 30,
    policy: policyDocument([
      {
        // IAM policies of the account decide who else may use and administer the key.
        Sid: "Account",
        Effect: "Allow",
        Principal: { AWS: `arn:${partition}:iam::${account}:root` },
        Action: "kms:*",
        Resource: "*",
      },
      use,
    ]),
    tags: { Name: `${name}-flow-logs` },
  });
  new KmsAlias(scope, "key-alias", { name: `alias/${name}-flow-logs`, targetKeyId: key.keyId });
  return key.arn;
}
