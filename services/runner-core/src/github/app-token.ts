import { createSign, randomUUID } from "node:crypto";

/** What the secret of the GitHub App holds. */
export interface AppSecret {
  readonly appId: string;

  /** PEM. */
  readonly privateKey: string;
  readonly webhookSecret: string;
}

/** Reads the secret's text. @throws Error that names the field which is missing, and never its value. */
export function parseAppSecret(text: string): AppSecret {
  let content: Partial<Record<string, unknown>>;
  try {
    content = JSON.parse(text) as typeof content;
  } catch {
    throw new Error("the secret of the GitHub App is not JSON");
  }
  const { appId, privateKey, webhookSecret } = content ?? {};
  const id = typeof appId === "number" ? String(appId) : appId;
  for (const [name, value] of Object.entries({ appId: id, privateKey, webhookSecret })) {
    if (typeof value !== "string" || value === "")
      throw new Error(`the secret of the GitHub App has no ${name}`);
  }
  return { appId: id as string, privateKey: privateKey as string, webhookSecret: webhookSecret as string };
}

/**
 * A token by which the app names itself. It has an id of its own: GitHub has refused the second of two that were made
 * in one second and were the same.
 *
 * @param now - seconds since 1970.
 * @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
export function appToken({ appId, privateKey }: AppSecret, now: number): string {
  const part = (content: object) => Buffer.from(JSON.stringify(content)).toString("base64url");
  // A minute back, for clocks that differ; GitHub takes ten minutes at most.
  const claims = { iat: Math.floor(now) - 60, exp: Math.floor(now) + 540, iss: appId, jti: randomUUID() };
  const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
}
