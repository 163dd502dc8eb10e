import { S3Backend, type TerraformStack } from "cdktf";
import { type Fault, SynthError } from "../core/errors";
import { backendKmsKeyId, encryptionFaults, type StateEncryption } from "./encryption";
import { type Locking, usesLockFile, usesTable } from "./locking";
import { locationFaults, lockTableName, type StateLocation, stateBucketName } from "./names";

/** Properties of {@link backendFor}. */
export interface BackendProps extends StateLocation {
  /** Key of the stack's state in the bucket: `stateKey(environment, unit)`, or `STATE_STACK_KEY`. */
  readonly key: string;

  /**
   * How a write is locked.
   *
   * @default "dynamodb"
   */
  readonly locking?: Locking;

  /**
   * Encryption of the state: the same as the `StateBackend`'s.
   *
   * @default "aws"
   */
  readonly encryption?: StateEncryption;
}

/**
 * Gives a stack its remote state, in the account's own bucket and no other: credentials of another
 * account are refused at init.
 *
 * @throws SynthError with every fault of the location, the key and the encryption.
 * @see https://developer.hashicorp.com/terraform/language/backend/s3
 */
export function backendFor(stack: TerraformStack, props: BackendProps): S3Backend {
  const { key, region, account, locking = "dynamodb", encryption = "aws" } = props;
  const faults = [...locationFaults(props), ...keyFaults(key), ...encryptionFaults(encryption, props)];
  if (faults.length > 0) throw new SynthError(stack, faults);
  const kmsKeyId = backendKmsKeyId(encryption, props);
  const backend = new S3Backend(stack, {
    bucket: stateBucketName(props),
    key,
    region,
    encrypt: true,
    ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
    ...(usesTable(locking) ? { dynamodbTable: lockTableName(props) } : {}),
  });
  // Newer than CDKTF's S3Backend.
  stack.addOverride("terraform.backend.s3.allowed_account_ids", [account]);
  if (usesLockFile(locking)) stack.addOverride("terraform.backend.s3.use_lockfile", true);
  return backend;
}

/** Terraform refuses a key that begins or ends with a slash; S3 takes 1024 bytes, of which the lock file needs some. */
function keyFaults(key: string): readonly Fault[] {
  const instead = 'use stateKey(environment, unit), e.g. "environments/dev/network/terraform.tfstate"';
  if (key.length <= 1000 && /^[A-Za-z0-9!_.*'()-]+(?:\/[A-Za-z0-9!_.*'()-]+)*$/.test(key)) return [];
  return [{ what: `state key ${JSON.stringify(key)} is not one that S3 and Terraform take`, instead }];
}
