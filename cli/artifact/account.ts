import { callerAccount } from "../aws/caller";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";

/** What is in an account: a stack, or what it makes. */
export interface InAccount {
  /** Account that it is in; undefined when it may be in any. */
  readonly account: string | undefined;
  readonly region: string;
}

/**
 * Sees to it that the credentials are of the account that something is in: elsewhere, a parameter of the same
 * name may say something else.
 *
 * @param what - e.g. `staging`, or `the artifact bucket`.
 * @param instead - what to do beside signing in to that account.
 * @throws CliError when they are of another.
 */
export async function checkAccount(
  what: string,
  { account, region }: InAccount,
  ...instead: readonly string[]
): Promise<void> {
  if (account === undefined) return;
  const caller = await callerAccount(region);
  if (account === caller) return;
  throw new CliError(
    EXIT.HELD,
    `the credentials are of account ${caller}, and ${what} is in ${account}`,
    "sign in to that account, e.g. with AWS_PROFILE",
    ...instead,
  );
}
