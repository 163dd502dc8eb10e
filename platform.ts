import type { Locking, StateEncryption } from "@groundplan/modules/state";

/** The facts that a team sets once, for all environments. */
export interface Platform {
  /** Name of the platform: begins the names of what is made once an account; 2 to 20 characters, lower case. */
  readonly name: string;

  /** GitHub repository of the platform, `owner/name`: written into the tags, so that a resource leads back to its code. */
  readonly repository: string;

  /** AWS Region of the Terraform state. */
  readonly region: string;

  /** AWS account of each environment, 12 digits; several environments may share one. */
  readonly accounts: Readonly<Record<"dev" | "staging" | "prod", string>>;

  /** How a write to the Terraform state is locked: `dynamodb`, `both` (the migration step) or `s3`. */
  readonly locking: Locking;

  /** Keys that encrypt the Terraform state: AWS's own (`aws`), a KMS key of the platform (`own`), or a given one. */
  readonly stateEncryption: StateEncryption;
}

/** Change these values first: they are Groundplan's own example, and the account is the local emulator's. */
export const platform: Platform = {
  name: "groundplan",
  repository: "groundplan/groundplan",
  region: "us-east-1",
  accounts: {
    dev: "123456789012",
    staging: "123456789012",
    prod: "123456789012",
  },
  locking: "dynamodb",
  stateEncryption: "aws",
};
