import type { LocalStatus } from "./daemon/status";

/** What the AWS SDKs, Terraform and CDKTF need in their environment to speak to the emulator. */
export function environment({
  endpoint,
  region,
}: Pick<LocalStatus, "endpoint" | "region">): Record<string, string> {
  return {
    // An address and not a name: the SDKs then put a bucket into the path and not into the host.
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: "groundplan-local",
    AWS_SECRET_ACCESS_KEY: "groundplan-local",
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_S3_USE_PATH_STYLE: "true",
    // No instance to ask for credentials.
    AWS_EC2_METADATA_DISABLED: "true",
    CHECKPOINT_DISABLE: "1",
  };
}

/**
 * Names of variables that would lead AWS's tools past the emulator although {@link environment} is set:
 * a profile or a session of other credentials, an endpoint for one service, a bundle of certificates.
 *
 * @param variables - an environment, e.g. `process.env`.
 * @param wanted - what it is given, of {@link environment} or of profiles; keys conflict with a profile.
 * @returns those of them that are set there, and that it is not given.
 */
export function conflicting(
  variables: Readonly<Record<string, string | undefined>>,
  wanted: Readonly<Record<string, string>> = {},
): readonly string[] {
  const isConflict = (name: string) =>
    CONFLICTS.test(name) || (wanted.AWS_PROFILE !== undefined && KEYS.test(name));
  return Object.keys(variables).filter(
    (name) => variables[name] !== undefined && !(name in wanted) && isConflict(name),
  );
}

const KEYS = /^AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY)$/;

/** @see https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html */
const CONFLICTS =
  /^AWS_(?:PROFILE|DEFAULT_PROFILE|SESSION_TOKEN|SECURITY_TOKEN|CA_BUNDLE|ROLE_ARN|WEB_IDENTITY_TOKEN_FILE|IGNORE_CONFIGURED_ENDPOINT_URLS|ENDPOINT_URL_[A-Z0-9_]+|CONTAINER_CREDENTIALS_[A-Z_]+)$/;
