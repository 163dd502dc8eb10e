import { CliError } from "../console/errors";
import type { Stack } from "../project/project";
import { type LockInfo, StateStore } from "./store";

/** Who holds the states of some stacks, and which of them nobody knows of. */
export interface Locks {
  readonly held: readonly (LockInfo & { readonly stack: string })[];

  /** Number of states that were looked at. */
  readonly looked: number;

  /** Stacks whose state is in S3, and could not be looked at. */
  readonly unseen: readonly { readonly stack: string; readonly error: CliError }[];

  /** Names of the stacks that keep their state elsewhere. */
  readonly elsewhere: readonly string[];
}

/** Looks at every stack: one that cannot be looked at hides none of the others, and is named. */
export async function locksOf(stacks: readonly Stack[]): Promise<Locks> {
  const inS3 = stacks.filter((stack) => stack.json.terraform?.backend?.s3 !== undefined);
  const found = await Promise.all(inS3.map(lookAt));
  return {
    held: found.flatMap(({ stack, lock }) => (lock ? [{ stack, ...lock }] : [])),
    looked: found.filter(({ error }) => error === undefined).length,
    unseen: found.flatMap(({ stack, error }) => (error ? [{ stack, error }] : [])),
    elsewhere: stacks.filter((stack) => !inS3.includes(stack)).map(({ name }) => name),
  };
}

async function lookAt(
  stack: Stack,
): Promise<{ readonly stack: string; readonly lock?: LockInfo | undefined; readonly error?: CliError }> {
  try {
    return { stack: stack.name, lock: await StateStore.of(stack).lock() };
  } catch (error) {
    if (error instanceof CliError) return { stack: stack.name, error };
    throw error;
  }
}
