import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";

/** A request that got no answer, as an error that says what to do. */
export function unreachable(error: unknown): CliError {
  if (error instanceof CliError) return error;
  const name = nameOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (name === "CredentialsProviderError") {
    return new CliError(
      EXIT.MISSING,
      "no AWS credentials",
      "sign in, e.g. aws sso login, or set AWS_PROFILE",
      'for the emulator: eval "$(npx groundplan local env)"',
    );
  }
  const { code } = error as { code?: string };
  if (code !== undefined && /ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT/.test(code)) {
    return new CliError(
      EXIT.MISSING,
      `${process.env.AWS_ENDPOINT_URL ?? "AWS"} cannot be reached: ${code}`,
      "check the network and AWS_ENDPOINT_URL; for the emulator: npx groundplan local up",
    );
  }
  if (name === "ExpiredTokenException" || name === "ExpiredToken" || name === "InvalidClientTokenId") {
    return new CliError(
      EXIT.MISSING,
      `the AWS credentials are not accepted: ${message}`,
      "sign in again, e.g. aws sso login",
    );
  }
  return new CliError(EXIT.FAILED, `AWS answered ${name}: ${message}`);
}

/** HTTP status of an answer that AWS gave as an error; undefined when nothing answered. */
export function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

/** Name of an error as AWS gives it, e.g. `NoSuchKey`. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}
