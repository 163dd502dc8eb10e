import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { profileFaultOf } from "./profiles";

/** A request that got no answer, as an error that says what to do. */
export function unreachable(error: unknown): CliError {
  if (error instanceof CliError) return error;
  const name = nameOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (name === "CredentialsProviderError") {
    const { AWS_PROFILE: profile } = process.env;
    const fault = profile ? profileFaultOf(profile) : undefined;
    if (fault) return new CliError(EXIT.MISSING, fault.what, ...fault.advice);
    return new CliError(
      EXIT.MISSING,
      profile ? `no AWS credentials of profile ${profile}` : "no AWS credentials",
      profile
        ? `sign in, e.g. aws sso login --profile ${profile}`
        : "sign in, e.g. aws sso login, or set AWS_PROFILE",
      'for the emulator: eval "$(npx groundplan local env)"',
    );
  }
  const { code } = error as { code?: string };
  if (code !== undefined && /ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT/.test(code)) {
    const endpoint = process.env.AWS_ENDPOINT_URL;
    const asked = placeOf(message);
    const place = asked === undefined || endpoint?.includes(asked) ? (endpoint ?? "AWS") : asked;
    return new CliError(
      EXIT.MISSING,
      `${place} cannot be reached: ${code}`,
      /localhost|127\.0\.0\.1|::1/.test(place)
        ? "start the local AWS: npx groundplan local up; without it, take AWS_ENDPOINT_URL away"
        : "check the network, the Region, and HTTPS_PROXY where there is a proxy",
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

/** Where the system's error says that nobody answers: `getaddrinfo ENOTFOUND <host>`, `connect ECONNREFUSED <address>:<port>`. */
function placeOf(message: string): string | undefined {
  return /\bE[A-Z_]+ ([\w.:[\]-]+)/.exec(message)?.[1];
}

/** HTTP status of an answer that AWS gave as an error; undefined when nothing answered. */
export function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

/** Name of an error as AWS gives it, e.g. `NoSuchKey`. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}
