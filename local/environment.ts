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
 * @returns those of them that are set there.
 */
export function conflicting(variables: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.keys(variables).filter((name) => CONFLICTS.test(name) && variables[name] !== undefined);
}

/** @see https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html */
const CONFLICTS =
  /^AWS_(?:PROFILE|DEFAULT_PROFILE|SESSION_TOKEN|SECURITY_TOKEN|CA_BUNDLE|ROLE_ARN|WEB_IDENTITY_TOKEN_FILE|IGNORE_CONFIGURED_ENDPOINT_URLS|ENDPOINT_URL_[A-Z0-9_]+|CONTAINER_CREDENTIALS_[A-Z_]+)$/;
