import { SynthError } from "../core/errors";
import { NAME_RULES, nameFaults } from "../core/names";

/** Where the Terraform state of an account lies. */
export interface StateLocation {
  /** Name of the platform, which begins both names. */
  readonly platform: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** AWS Region of the bucket and the table, e.g. `us-east-1`. */
  readonly region: string;
}

/**
 * Name of the state bucket: `<platform>-terraform-state-<account>-<region>`.
 * Bucket names are global in AWS, hence the account and the Region in it.
 *
 * @throws SynthError when S3 would refuse the name.
 */
export function stateBucketName(location: StateLocation): string {
  const name = `${location.platform}-terraform-state-${location.account}-${location.region}`;
  const faults = nameFaults(NAME_RULES.bucket, name);
  if (faults.length > 0) throw new SynthError("the Terraform state", faults);
  return name;
}

/** Name of the lock table: `<platform>-terraform-locks`; a table's name belongs to one account and Region. */
export function lockTableName(location: StateLocation): string {
  const name = `${location.platform}-terraform-locks`;
  const faults = nameFaults(NAME_RULES.table, name);
  if (faults.length > 0) throw new SynthError("the Terraform state", faults);
  return name;
}
