import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { Construct } from "constructs";
import type { Fault } from "../core/errors";
import { accountKeyStatement, partitionOf, policyDocument } from "../core/policy";
import { type StateLocation, stateKeyAlias, stateKeyAliasArn } from "./names";

/**
 * Encryption of the state and the lock table: S3's and DynamoDB's own keys (`aws`), a KMS key that the
 * state stack makes (`own`), or the ARN of a given one. With a KMS key, whoever reads the state needs
 * `kms:Decrypt` too, and whoever writes it `kms:GenerateDataKey`. The roles of GitHub's workflows that apply do no more
 * than that with the key, so a given one is best kept for states.
 */
export type StateEncryption = "aws" | "own" | { readonly kmsKeyArn: string };

/**
 * What the S3 backend needs to write with this encryption: the key's ARN, for an own key its alias',
 * which every stack knows without reading anything.
 *
 * Without it, Terraform's `encrypt = true` asks for AES-256 by name and so overrides the bucket's KMS key.
 *
 * @see https://developer.hashicorp.com/terraform/language/backend/s3#s3-state-storage
 */
export function backendKmsKeyId(encryption: StateEncryption, location: StateLocation): string | undefined {
  if (encryption === "aws") return undefined;
  return encryption === "own" ? stateKeyAliasArn(location) : encryption.kmsKeyArn;
}

/** The faults of an encryption: a given key must be named by the ARN of a key in the bucket's Region. */
export function encryptionFaults(
  encryption: StateEncryption,
  { region, account }: StateLocation,
): readonly Fault[] {
  if (typeof encryption === "string") return [];
  const { kmsKeyArn } = encryption;
  const match = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:key\/[A-Za-z0-9-]+$/.exec(kmsKeyArn);
  const instead = `use e.g. "arn:${partitionOf(region)}:kms:${region}:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab"`;
  if (!match)
    return [{ what: `kmsKeyArn ${JSON.stringify(kmsKeyArn)} is not the ARN of a KMS key`, instead }];
  if (match[1] === region) return [];
  return [
    { what: `kmsKeyArn ${JSON.stringify(kmsKeyArn)} is not in the bucket's Region, ${region}`, instead },
  ];
}

/** ARN of the key, which is made here when it is to be an own one; undefined for the services' own keys. */
export function encryptionKeyArn(
  scope: Construct,
  encryption: StateEncryption,
  location: StateLocation,
  deletionProtection: boolean,
): string | undefined {
  if (encryption === "aws") return undefined;
  if (encryption !== "own") return encryption.kmsKeyArn;
  const key = new KmsKey(scope, "key", {
    description: `Terraform state of ${location.platform}`,
    enableKeyRotation: true,
    // The longest wait that KMS offers: with the key every state would be gone.
    deletionWindowInDays: 30,
    policy: policyDocument([accountKeyStatement(location.account, partitionOf(location.region))]),
    lifecycle: { preventDestroy: deletionProtection },
    tags: { Name: `${location.platform}-terraform-state` },
  });
  new KmsAlias(scope, "key-alias", { name: stateKeyAlias(location), targetKeyId: key.keyId });
  return key.arn;
}
