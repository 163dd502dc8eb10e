import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type AppSecret, parseAppSecret } from "../github/app-token";

/** Seconds after which the secret is read again: a new one is in use by then. */
const KEPT_SECONDS = 300;

/** The secret of the GitHub App, read when it is needed, and again after five minutes. */
export function appSecret(
  client: SecretsManagerClient,
  arn: string,
  now: () => number,
): () => Promise<AppSecret> {
  let known: { readonly secret: AppSecret; readonly until: number } | undefined;
  return async () => {
    if (known && now() < known.until) return known.secret;
    const { SecretString = "" } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    known = { secret: parseAppSecret(SecretString), until: now() + KEPT_SECONDS };
    return known.secret;
  };
}
