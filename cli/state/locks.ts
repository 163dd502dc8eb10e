import { CliError } from "../console/errors";
import type { Stack } from "../project/project";
import type { LockInfo } from "./lock-info";
import type { FoundLock } from "./state-lock";
import { StateStore } from "./store";

/** A lock that cannot be read: Terraform refuses the state all the same. */
export interface DamagedLock {
  readonly stack: string;

  /** What is wrong with it. */
  readonly damaged: string;

  /** Where it is. */
  readonly at: string;
}

/** Who holds the states of some stacks, and which of them nobody knows of. */
export interface Locks {
  readonly held: readonly (LockInfo & { readonly stack: string })[];

  readonly damaged: readonly DamagedLock[];

  /** Number of states that were looked at. */
  readonly looked: number;

  /** Stacks whose state is in S3, and could not be checked. */
  readonly unseen: readonly { readonly stack: string; readonly error: CliError }[];

  /** Names of the stacks that keep their state elsewhere. */
  readonly elsewhere: readonly string[];
}

/** Looks at every stack: one that cannot be looked at hides none of the others, and is named. */
export async function locksOf(stacks: readonly Stack[]): Promise<Locks> {
  const inS3 = stacks.filter((stack) => stack.json.terraform?.backend?.s3 !== undefined);
  const found = await Promise.all(inS3.map(lookAt));
  return {
    held: found.flatMap(({ stack, locks }) => infosOf(locks).map((info) => ({ stack, ...info }))),
    damaged: found.flatMap(({ stack, locks }) =>
      locks.flatMap(({ damage, at }) => (damage === undefined ? [] : [{ stack, damaged: damage, at }])),
    ),
    looked: found.filter(({ error }) => error === undefined).length,
    unseen: found.flatMap(({ stack, error }) => (error ? [{ stack, error }] : [])),
    elsewhere: stacks.filter((stack) => !inS3.includes(stack)).map(({ name }) => name),
  };
}

/** What holders note, once where the same lock is in the table and in the bucket. */
function infosOf(locks: readonly FoundLock[]): readonly LockInfo[] {
  const infos = locks.flatMap(({ info }) => info ?? []);
  return infos.filter(({ ID }, at) => infos.findIndex((other) => other.ID === ID) === at);
}

interface Looked {
  readonly stack: string;
  readonly locks: readonly FoundLock[];
  readonly error?: CliError;
}

async function lookAt(stack: Stack): Promise<Looked> {
  try {
    return { stack: stack.name, locks: await StateStore.of(stack).locks() };
  } catch (error) {
    if (error instanceof CliError) return { stack: stack.name, locks: [], error };
    throw error;
  }
}
