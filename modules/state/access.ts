import { type PolicyStatement, partitionOf } from "../core/policy";
import type { StateEncryption } from "./encryption";
import { type Locking, usesLockFile, usesTable } from "./locking";
import { lockTableName, type StateLocation, stateBucketName, stateKeyAlias, stateKeyAliasArn } from "./names";

/** The state of an account, as far as a policy for it needs to know. */
export interface StateAccess extends StateLocation {
  /** How a write is locked. */
  readonly locking: Locking;

  /** Keys that encrypt the state. */
  readonly encryption: StateEncryption;
}

/** ARNs of what holds the state. */
export function stateArns(location: StateLocation) {
  const partition = partitionOf(location.region);
  const { region, account } = location;
  const bucket = `arn:${partition}:s3:::${stateBucketName(location)}`;
  const table = `arn:${partition}:dynamodb:${region}:${account}:table/${lockTableName(location)}`;
  return { bucket, objects: `${bucket}/*`, table } as const;
}

/**
 * What a plan needs: to read states, and to take and release their locks. It can change none of them: the
 * checksum beside a lock, `<key>-md5`, is not a key that it may write.
 *
 * @param keys - keys of the states, `*` allowed, e.g. `environments/dev/*`.
 * @see https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required
 */
export function statePlanStatements(state: StateAccess, keys: readonly string[]): readonly PolicyStatement[] {
  const { bucket, table } = stateArns(state);
  const statements: PolicyStatement[] = [
    { Sid: "ListStates", Effect: "Allow", Action: "s3:ListBucket", Resource: bucket },
    {
      Sid: "ReadStates",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: keys.map((key) => `${bucket}/${key}`),
    },
  ];
  if (usesTable(state.locking)) {
    statements.push(
      {
        Sid: "ReadLocks",
        Effect: "Allow",
        Action: ["dynamodb:DescribeTable", "dynamodb:GetItem"],
        Resource: table,
      },
      lockStatement(state, keys.map(stateOnly)),
    );
  }
  if (usesLockFile(state.locking)) {
    statements.push({
      Sid: "WriteLockFiles",
      Effect: "Allow",
      Action: ["s3:PutObject", "s3:DeleteObject"],
      Resource: keys.map((key) => `${bucket}/${stateOnly(key)}.tflock`),
    });
  }
  // A lock file is a new object, which S3 encrypts with a new data key; all else is only read.
  const uses = usesLockFile(state.locking)
    ? STATE_KEY_USES
    : STATE_KEY_USES.filter((use) => !GENERATES.test(use));
  return [...statements, ...keyStatements(state, uses)];
}

/**
 * What an apply needs: what a plan does, and to write the states.
 *
 * @param keys - keys of the states, `*` allowed, e.g. `environments/dev/*`.
 */
export function stateApplyStatements(
  state: StateAccess,
  keys: readonly string[],
): readonly PolicyStatement[] {
  const { bucket, table } = stateArns(state);
  const objects = keys.map((key) => `${bucket}/${key}`);
  return [
    {
      Sid: "ListStates",
      Effect: "Allow",
      Action: ["s3:ListBucket", "s3:ListBucketVersions"],
      Resource: bucket,
    },
    {
      Sid: "WriteStates",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject"],
      Resource: objects,
    },
    ...(usesTable(state.locking)
      ? [
          {
            Sid: "ReadLocks",
            Effect: "Allow",
            Action: ["dynamodb:DescribeTable", "dynamodb:GetItem"],
            Resource: table,
          } as const,
          lockStatement(state, keys),
        ]
      : []),
    ...keyStatements(state, STATE_KEY_USES),
  ];
}

/**
 * What bounds an apply beside {@link stateApplyStatements}: it uses the state's key and does nothing else with it. It
 * cannot delete it, change its policy, or grant its use to others; nor move its alias, by which policies know it.
 */
export function stateKeyBounds(state: StateAccess): {
  readonly statements: readonly PolicyStatement[];

  /** ARNs that only {@link stateApplyStatements} may open. */
  readonly arns: readonly string[];
} {
  const key = keyOfState(state);
  if (!key) return { statements: [], arns: [] };
  const only = { Sid: "OnlyUseStateKey", Effect: "Deny", NotAction: STATE_KEY_USES, ...key.where } as const;
  return { statements: [only], arns: key.aliases };
}

/** The key of a state itself, without what lies beside it. */
function stateOnly(key: string): string {
  return key.endsWith("*") ? `${key}.tfstate` : key;
}

function lockStatement(state: StateAccess, keys: readonly string[]): PolicyStatement {
  return {
    Sid: "WriteLocks",
    Effect: "Allow",
    Action: ["dynamodb:PutItem", "dynamodb:DeleteItem"],
    Resource: stateArns(state).table,
    Condition: {
      "ForAllValues:StringLike": {
        "dynamodb:LeadingKeys": keys.map((key) => `${stateBucketName(state)}/${key}`),
      },
      // Without a leading key, for all of none would hold.
      Null: { "dynamodb:LeadingKeys": "false" },
    },
  };
}

/** What reading and writing states needs of their key. */
const STATE_KEY_USES: readonly string[] = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"];

const GENERATES = /:Generate/;

function keyStatements(state: StateAccess, uses: readonly string[]): readonly PolicyStatement[] {
  const key = keyOfState(state);
  return key ? [{ Sid: "UseStateKey", Effect: "Allow", Action: uses, ...key.where }] : [];
}

/** How a policy names the key of the state, if it has one: an own key is known by its alias before it is made. */
function keyOfState(state: StateAccess) {
  const { encryption, region, account } = state;
  if (encryption === "aws") return undefined;
  if (encryption !== "own") return { where: { Resource: encryption.kmsKeyArn }, aliases: [] };
  const where = {
    Resource: `arn:${partitionOf(region)}:kms:${region}:${account}:key/*`,
    Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": stateKeyAlias(state) } },
  };
  return { where, aliases: [stateKeyAliasArn(state)] };
}
