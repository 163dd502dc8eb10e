import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { unreachable } from "./errors";

/**
 * The account of the credentials in use.
 *
 * @throws CliError without credentials, or when the endpoint does not answer.
 */
export async function callerAccount(region: string): Promise<string> {
  try {
    const { Account } = await new STSClient({ region, maxAttempts: 2 }).send(
      new GetCallerIdentityCommand({}),
    );
    if (Account) return Account;
  } catch (error) {
    throw unreachable(error);
  }
  throw new CliError(EXIT.MISSING, "AWS does not say which account the credentials are of");
}
