import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { allowedAccounts, type Stack } from "../project/project";
import { BucketRefusal } from "./store";
import { artifactStacks } from "./target";

/** Whose the artifact bucket is. */
export interface ArtifactOwner {
  /** Stack that makes the bucket and its policy. */
  readonly stack: string;
  readonly account: string;
}

/** Whose the artifact bucket of a project is; undefined when its stack does not say it. */
export function artifactOwner(stacks: readonly Stack[]): ArtifactOwner | undefined {
  const [first] = artifactStacks(stacks).flatMap(({ stack }) =>
    allowedAccounts(stack).map((account) => ({ stack: stack.name, account })),
  );
  return first;
}

/**
 * What has to be done in the account of the artifacts before another one can use them.
 *
 * @param error - with which the bucket refused the other account.
 * @param account - of the credentials.
 * @param again - what to run after that, with these credentials again.
 * @returns the error, unless it is not the other account's.
 */
export function explainedToAccount(
  error: unknown,
  owner: ArtifactOwner | undefined,
  account: string,
  again: string,
): unknown {
  if (!(error instanceof BucketRefusal) || owner === undefined || owner.account === account) return error;
  const { what, first } = {
    closed: {
      what: `the artifact bucket does not let account ${account} in yet: its policy in account ${owner.account} comes first`,
      first: `npx cdktf deploy ${owner.stack}`,
    },
    missing: {
      what: `the artifact bucket is not there yet: account ${owner.account} makes it, and comes first`,
      first: `npx groundplan bootstrap --stack ${owner.stack}`,
    },
    empty: {
      what: `nothing is published yet, and account ${account} only reads: account ${owner.account} comes first`,
      first: `npx groundplan bootstrap --stack ${owner.stack}`,
    },
  }[error.reason];
  return new CliError(
    EXIT.HELD,
    what,
    `at ${error.where}`,
    `with credentials of account ${owner.account}: ${first}`,
    `then, with those of account ${account} again: ${again}`,
  );
}
