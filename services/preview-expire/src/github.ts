import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/core";
import type { Settings } from "./settings";

/** Time that one request may take, in milliseconds: the function has more. */
const REQUEST_TIMEOUT = 10_000;

/** GitHub, as the function calls it. */
type Client = Pick<Octokit, "request">;

/**
 * A client for GitHub by the secret: a token, or a GitHub App as JSON, `{ "appId", "installationId", "privateKey" }`,
 * whose tokens live for an hour and reach what the installation may reach. Nothing of it is ever in an error.
 */
export async function gitHub(settings: Settings, secrets: SecretsManagerClient): Promise<Client> {
  const { SecretString = "" } = await secrets.send(
    new GetSecretValueCommand({ SecretId: settings.secretArn }),
  );
  const common = {
    baseUrl: settings.api,
    userAgent: "groundplan-preview-expire",
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  };
  const app = appOf(SecretString);
  const client = app
    ? new Octokit({ ...common, authStrategy: createAppAuth, auth: app })
    : new Octokit({ ...common, auth: SecretString.trim() });
  client.hook.wrap("request", (request, options) =>
    request({ ...options, request: { ...options.request, signal: AbortSignal.timeout(REQUEST_TIMEOUT) } }),
  );
  return client;
}

function ignore(): void {}

/** The App that a secret names; undefined when it is a token. @throws Error when it is neither. */
function appOf(secret: string) {
  const text = secret.trim();
  if (/^[\w-]{20,500}$/.test(text)) return undefined;
  let value: Readonly<Record<string, unknown>> = {};
  try {
    value = JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    // Said below, without what it holds.
  }
  const { appId, installationId, privateKey } = value ?? {};
  const isId = (id: unknown) => /^\d{1,15}$/.test(String(id));
  if (isId(appId) && isId(installationId) && typeof privateKey === "string") {
    // A key that was put in by a form has its ends of lines as two characters.
    return {
      appId: Number(appId),
      installationId: Number(installationId),
      privateKey: privateKey.replaceAll("\\n", "\n"),
    };
  }
  throw new Error(
    "the secret GITHUB_TOKEN_SECRET_ARN is neither a token nor a GitHub App: use a token, or JSON with appId, installationId and privateKey",
  );
}
