import { createHash } from "node:crypto";
import type { Fault } from "./errors";

/** What AWS allows in a name of one kind. */
export interface NameRule {
  /** The kind in AWS's words, for messages. */
  readonly kind: string;

  /** Fewest characters. */
  readonly minLength: number;

  /** Most characters. */
  readonly maxLength: number;

  /** What a valid name matches. */
  readonly pattern: RegExp;
  /** The pattern in words. */
  readonly allowed: string;
  /**
   * Names of that form that AWS keeps for itself.
   *
   * @default - none
   */
  readonly reserved?: { readonly pattern: RegExp; readonly reason: string };
  /** A valid name. */
  readonly example: string;
}

/**
 * Limits of the names that Groundplan gives.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 * @see https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
 */
export const NAME_RULES = {
  platform: {
    kind: "platform name",
    minLength: 2,
    maxLength: 20,
    pattern: /^[a-z](?:-?[a-z0-9])*$/,
    allowed: "lower-case letters, digits and single hyphens, a letter first",
    // It begins the names of SSM parameters.
    reserved: { pattern: /^(?:aws|ssm)/, reason: "AWS keeps SSM parameters that begin with aws or ssm" },
    example: "groundplan",
  },
  environment: {
    kind: "environment name",
    minLength: 2,
    maxLength: 16,
    pattern: /^[a-z](?:-?[a-z0-9])*$/,
    allowed: "lower-case letters, digits and single hyphens, a letter first",
    example: "dev",
  },
  bucket: {
    kind: "S3 bucket name",
    minLength: 3,
    maxLength: 63,
    pattern:
      /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*(?:-s3alias|--ol-s3|--x-s3|--table-s3)$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])$/,
    allowed: "lower-case letters, digits and hyphens, a letter or digit at both ends",
    example: "groundplan-terraform-state-123456789012-us-east-1",
  },
  table: {
    kind: "DynamoDB table name",
    minLength: 3,
    maxLength: 255,
    pattern: /^[A-Za-z0-9_.-]+$/,
    allowed: "letters, digits, and _ . -",
    example: "groundplan-terraform-locks",
  },
  repository: {
    kind: "ECR repository name",
    minLength: 2,
    maxLength: 256,
    pattern: /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/,
    allowed: "lower-case letters and digits, separated by single . _ - or /",
    example: "groundplan/api",
  },
  role: {
    kind: "IAM role name",
    minLength: 1,
    maxLength: 64,
    pattern: /^[\w+=,.@-]+$/,
    allowed: "letters, digits and + = , . @ _ -",
    example: "dev-flow-logs",
  },
  cluster: {
    kind: "EKS cluster name",
    minLength: 1,
    maxLength: 100,
    pattern: /^[0-9A-Za-z][A-Za-z0-9_-]*$/,
    allowed: "letters, digits, - and _, a letter or digit first",
    example: "groundplan-dev",
  },
} as const satisfies Record<string, NameRule>;

/** The faults of a name under a rule: none when it is valid. */
export function nameFaults(rule: NameRule, name: string): readonly Fault[] {
  const faults: Fault[] = [];
  const use = `use e.g. ${JSON.stringify(rule.example)}`;
  if (name.length < rule.minLength || name.length > rule.maxLength) {
    faults.push({
      what: `${rule.kind} ${JSON.stringify(name)} has ${name.length} characters; AWS and Groundplan take ${rule.minLength} to ${rule.maxLength}`,
      instead: use,
    });
  }
  if (name.length > 0 && !rule.pattern.test(name)) {
    faults.push({ what: `${rule.kind} ${JSON.stringify(name)} may hold only ${rule.allowed}`, instead: use });
  }
  if (rule.reserved?.pattern.test(name)) {
    const { reason } = rule.reserved;
    faults.push({ what: `${rule.kind} ${JSON.stringify(name)} is reserved: ${reason}`, instead: use });
  }
  return faults;
}

/** Characters of the hash that {@link fitName} ends a cut name with: 32 bits of SHA-256. */
const HASH_LENGTH = 8;

/**
 * Fits a name into a limit: as it is when short enough, else cut and ended with a hash of the whole,
 * so that two long names that begin alike never become the same.
 *
 * @param maxLength - at least 10 characters.
 */
export function fitName(name: string, maxLength: number): string {
  if (name.length <= maxLength) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, HASH_LENGTH);
  const head = name.slice(0, maxLength - HASH_LENGTH - 1).replace(/[^A-Za-z0-9]+$/, "");
  return `${head}-${hash}`;
}
