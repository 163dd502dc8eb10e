import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  type Credentials,
  type STSClient,
} from "@aws-sdk/client-sts";
import { nameOf, statusOf, unreachable } from "../aws/errors";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { InputError, readInput } from "../input/file";
import type { S3State } from "../project/backend";
import type { AssumedRole, WebIdentityRole } from "../project/backend-access";

/** Credentials of a role, for as long as STS gives them. */
export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Gives credentials when somebody asks with them. */
export interface RoleProvider {
  readonly credentials: () => Promise<RoleCredentials>;
}

/** The role that an S3 backend assumes. @param sts - asks as whom the role trusts. */
export function assumed(sts: STSClient, role: AssumedRole, state: S3State): RoleProvider {
  const credentials = async () => {
    const asked = { RoleSessionName: sessionName(), ...role };
    const { Credentials: given } = await sts.send(new AssumeRoleCommand(asked)).catch((error: unknown) => {
      throw cannotAssume(
        state,
        role.RoleArn,
        error,
        "sign in as somebody whom the role trusts, or let its trust policy name you",
      );
    });
    return credentialsOf(given);
  };
  return { credentials };
}

/** The role that an S3 backend exchanges a token for (`assume_role_with_web_identity`). */
export function exchanged(sts: STSClient, role: WebIdentityRole, state: S3State): RoleProvider {
  const { token: _, tokenFile: __, RoleArn, ...rest } = role;
  const credentials = async () => {
    if (RoleArn === undefined) throw incomplete(state, "role_arn", "AWS_ROLE_ARN");
    const token = tokenOf(role, state);
    const asked = { RoleSessionName: sessionName(), ...rest, RoleArn, WebIdentityToken: token };
    const given = await sts.send(new AssumeRoleWithWebIdentityCommand(asked)).catch((error: unknown) => {
      throw cannotAssume(
        state,
        RoleArn,
        error,
        "see that the token is of today, and that the role's trust policy names its issuer, audience and subject",
      );
    });
    return credentialsOf(given.Credentials);
  };
  return { credentials };
}

/** Largest file of a token that is read, in bytes: STS takes 20,000 characters. */
const LARGEST_TOKEN = 20_000;

function tokenOf({ token, tokenFile }: WebIdentityRole, state: S3State): string {
  if (token !== undefined) return token;
  if (tokenFile === undefined)
    throw incomplete(state, "web_identity_token_file", "AWS_WEB_IDENTITY_TOKEN_FILE");
  try {
    return readInput(tokenFile, { bytes: LARGEST_TOKEN }).toString().trim();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new CliError(
      EXIT.MISSING,
      `the token of the S3 backend's role cannot be read: ${error.message}`,
      `at ${tokenFile}`,
      "write it there as a job of the CI does, or name another file in web_identity_token_file",
    );
  }
}

function incomplete({ bucket, key }: S3State, argument: string, variable: string): CliError {
  return new CliError(
    EXIT.USAGE,
    `the S3 backend says assume_role_with_web_identity without ${argument}`,
    `at s3://${bucket}/${key}`,
    `write ${argument} in the block, or set ${variable}`,
  );
}

const sessionName = () => `groundplan-${Date.now()}`;

function credentialsOf(given: Credentials | undefined): RoleCredentials {
  return {
    accessKeyId: given?.AccessKeyId ?? "",
    secretAccessKey: given?.SecretAccessKey ?? "",
    ...(given?.SessionToken === undefined ? {} : { sessionToken: given.SessionToken }),
    ...(given?.Expiration === undefined ? {} : { expiration: given.Expiration }),
  };
}

/** Names of STS's answers that say that the role is not given. */
const REFUSED =
  /AccessDenied|ValidationError|ExpiredToken|InvalidIdentityToken|IDPRejectedClaim|IDPCommunicationError|PackedPolicyTooLarge/;

function cannotAssume({ bucket, key }: S3State, role: string, error: unknown, advice: string): CliError {
  // No credentials at all, or nobody who answers: not a fault of the role.
  if (statusOf(error) === undefined || !REFUSED.test(nameOf(error))) return unreachable(error);
  return new CliError(
    EXIT.MISSING,
    `the S3 backend's role ${role} cannot be assumed: ${error instanceof Error ? error.message : String(error)}`,
    `at s3://${bucket}/${key}`,
    advice,
  );
}
