import { accessOf, type StateAccess, text } from "./backend-access";
import type { Stack } from "./project";
import { stateKey, workspaceOf } from "./workspace";

/** Where the S3 backend of a stack keeps its state. */
export interface S3State {
  readonly bucket: string;

  /** That of the workspace in which Terraform plans and applies. */
  readonly key: string;

  /** Name of that workspace. */
  readonly workspace: string;

  /** Of the backend's block, else AWS_REGION, else AWS_DEFAULT_REGION; undefined when only a profile can say it. */
  readonly region: string | undefined;

  /** Lock table; none when only S3's lock file is used. */
  readonly table: string | undefined;

  /** Whether S3's lock file is used. */
  readonly lockFile: boolean;

  /** As whom and where AWS is asked for it. */
  readonly access: StateAccess;
}

/** The S3 backend of a stack; undefined when it has another, or one whose bucket and key only Terraform is told. */
export function s3State(stack: Stack): S3State | undefined {
  const s3 = stack.json.terraform?.backend?.s3;
  if (!s3) return undefined;
  const { bucket, key, region, dynamodb_table: table, use_lockfile: lockFile } = s3;
  if (typeof bucket !== "string" || typeof key !== "string") return undefined;
  const workspace = workspaceOf(stack);
  return {
    bucket,
    key: stateKey(s3, key, workspace),
    workspace,
    region: text(region) ?? text(process.env.AWS_REGION) ?? text(process.env.AWS_DEFAULT_REGION),
    table: text(table),
    lockFile: lockFile === true,
    access: accessOf(s3, stack.folder),
  };
}

/** A stack that makes the very bucket in which it keeps its own state. */
export interface StateStack {
  readonly stack: Stack;
  readonly state: S3State;

  /** Terraform address of the bucket. */
  readonly bucketAddress: string;

  /** Terraform address of the lock table; none without one. */
  readonly tableAddress: string | undefined;
}

/** The stacks that have to be bootstrapped. */
export function stateStacks(stacks: readonly Stack[]): readonly StateStack[] {
  return stacks.flatMap((stack) => {
    const state = s3State(stack);
    if (!state) return [];
    const bucketAddress = addressOf(stack, "aws_s3_bucket", "bucket", state.bucket);
    if (bucketAddress === undefined) return [];
    const tableAddress =
      state.table === undefined ? undefined : addressOf(stack, "aws_dynamodb_table", "name", state.table);
    return [{ stack, state, bucketAddress, tableAddress }];
  });
}

function addressOf(stack: Stack, type: string, key: string, value: string): string | undefined {
  const found = Object.entries(stack.json.resource?.[type] ?? {}).find(
    ([, resource]) => resource[key] === value,
  );
  return found ? `${type}.${found[0]}` : undefined;
}
