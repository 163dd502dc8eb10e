import { type Fault, SynthError } from "../core/errors";
import { NAME_RULES, nameFaults } from "../core/names";
import { partitionOf } from "../core/policy";

/** Where the Terraform state of an account lies. */
export interface StateLocation {
  /** Name of the platform, which begins all names; 2 to 20 characters, lower case. */
  readonly platform: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** AWS Region of the bucket and the table, e.g. `us-east-1`. */
  readonly region: string;
}

/** Key of the state stack's own state: it belongs to the account, not to an environment. */
export const STATE_STACK_KEY = "state/terraform.tfstate";

/** Key of the identity stack's state, which belongs to the account too. */
export const IDENTITY_STACK_KEY = "identity/terraform.tfstate";

/**
 * Key of a unit's state: `environments/<environment>/<unit>/terraform.tfstate`.
 *
 * @param unit - name of the stack within its environment, e.g. `network`.
 */
export function stateKey(environment: string, unit: string): string {
  return `environments/${environment}/${unit}/terraform.tfstate`;
}

/**
 * Name of the state bucket: `<platform>-terraform-state-<account>-<region>`.
 * Bucket names are global in AWS, hence the account and the Region in it.
 *
 * @throws SynthError when S3 would refuse the name.
 */
export function stateBucketName(location: StateLocation): string {
  return valid(bucketName(location), NAME_RULES.bucket);
}

/**
 * Name of the bucket of the state bucket's access logs: `<platform>-state-logs-<account>-<region>`.
 *
 * @throws SynthError when S3 would refuse the name.
 */
export function stateLogBucketName({ platform, account, region }: StateLocation): string {
  return valid(`${platform}-state-logs-${account}-${region}`, NAME_RULES.bucket);
}

/**
 * Name of the lock table: `<platform>-terraform-locks`; a table's name belongs to one account and Region.
 *
 * @throws SynthError when DynamoDB would refuse the name.
 */
export function lockTableName({ platform }: Pick<StateLocation, "platform">): string {
  return valid(`${platform}-terraform-locks`, NAME_RULES.table);
}

/** Name of the alias of the state's own KMS key, which is known before the key is made. */
export function stateKeyAlias({ platform }: Pick<StateLocation, "platform">): string {
  return `alias/${platform}-terraform-state`;
}

/** ARN of {@link stateKeyAlias}. */
export function stateKeyAliasArn(location: StateLocation): string {
  const { account, region } = location;
  return `arn:${partitionOf(region)}:kms:${region}:${account}:${stateKeyAlias(location)}`;
}

/** The faults of a location: of its parts, and of the bucket's name that they make. */
export function locationFaults(location: StateLocation): readonly Fault[] {
  const { platform, account, region } = location;
  const faults: Fault[] = [...nameFaults(NAME_RULES.platform, platform)];
  if (!/^\d{12}$/.test(account)) {
    faults.push({
      what: `account ${JSON.stringify(account)} has not 12 digits`,
      instead: 'use e.g. "123456789012"',
    });
  }
  if (!/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region)) {
    faults.push({
      what: `region ${JSON.stringify(region)} is not an AWS Region`,
      instead: 'use e.g. "us-east-1"',
    });
  }
  const name = bucketName(location);
  const excess = name.length - NAME_RULES.bucket.maxLength;
  if (faults.length === 0 && excess > 0) {
    faults.push({
      what: `the state bucket's name ${JSON.stringify(name)} has ${name.length} characters; S3 takes ${NAME_RULES.bucket.maxLength}`,
      instead: `shorten the platform's name to ${platform.length - excess} characters`,
    });
  }
  return faults;
}

function bucketName({ platform, account, region }: StateLocation): string {
  return `${platform}-terraform-state-${account}-${region}`;
}

function valid(name: string, rule: (typeof NAME_RULES)["bucket" | "table"]): string {
  const faults = nameFaults(rule, name);
  if (faults.length > 0) throw new SynthError("the Terraform state", faults);
  return name;
}
