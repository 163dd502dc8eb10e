import { profileFaultOf } from "../aws/profiles";

/** What is wrong with the credentials by what AWS answers, and the command that helps. */
export interface CredentialFault {
  readonly what: string;

  /** What to do, a line each. */
  readonly advice: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Undefined when AWS says nothing against the credentials. */
export function credentialFaultOf(
  output: string,
  env: Environment = process.env,
): CredentialFault | undefined {
  const text = output.replaceAll(/\s*[│\n]\s*/g, " ");
  const [, profile] =
    /failed to get shared config profile, (.+?)(?: \w+:| with | on |$)/.exec(text.trim()) ?? [];
  const missing = profile === undefined ? undefined : profileFaultOf(profile.trim(), env);
  if (missing) return missing;
  if (EXPIRED.test(text)) return { what: "the AWS credentials have expired", advice: [signInAgain(env)] };
  if (/RequestTimeTooSkewed|Signature (?:not yet current|expired)/.test(text)) {
    return {
      what: "AWS refuses the time of this machine",
      advice: ["set the clock, e.g. timedatectl set-ntp true"],
    };
  }
  if (UNKNOWN.test(text)) {
    return {
      what: "AWS does not know the credentials",
      advice: isEmulated(env)
        ? [LOCAL_ENV]
        : [
            "see whose they are: aws sts get-caller-identity",
            "set AWS_PROFILE, or take AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN away together",
          ],
    };
  }
  if (
    /no valid credential sources|No valid credential|could not find credentials|get credentials/i.test(text)
  ) {
    return {
      what: "no AWS credentials",
      advice: [`sign in, e.g. aws sso login, or set AWS_PROFILE; for the emulator: ${LOCAL_ENV}`],
    };
  }
  return undefined;
}

const EXPIRED =
  /ExpiredToken|token included in the request is expired|SSO session has expired|cached SSO token|InvalidGrantException|token has expired|credentials have expired/i;

const UNKNOWN =
  /InvalidClientTokenId|UnrecognizedClientException|token included in the request is invalid|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken\b|AuthFailure\b/;

const LOCAL_ENV = 'eval "$(npx groundplan local env)"';

function signInAgain({ GITHUB_ACTIONS, AWS_PROFILE, ...env }: Environment): string {
  if (isEmulated(env)) return `get new ones of the emulator: ${LOCAL_ENV}`;
  if (GITHUB_ACTIONS === "true")
    return "run the job again, which assumes its role anew; for longer jobs raise role-duration-seconds, and the role's longest session";
  const profile = AWS_PROFILE ? ` --profile ${AWS_PROFILE}` : "";
  return `sign in again: aws sso login${profile}; or set new AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN`;
}

/** Whether AWS is the one on this machine. */
function isEmulated({ AWS_ENDPOINT_URL = "" }: Environment): boolean {
  return /^https?:\/\/(?:localhost|127\.)/.test(AWS_ENDPOINT_URL);
}
