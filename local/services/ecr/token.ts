import { createHmac, timingSafeEqual } from "node:crypto";
import type { Place } from "../../gateway/exchange";

/** Seconds for which a token is valid: 12 hours, as on AWS. */
export const LIFETIME = 12 * 60 * 60;

/**
 * The password of `aws ecr get-login-password`: the account and the Region for which it was made, until when, and a
 * signature of that.
 *
 * @param key - of this registry, which signs.
 * @param now - seconds since 1970.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
 */
export function makeToken(key: string, { account, region }: Place, now: number): string {
  const content = Buffer.from(
    JSON.stringify({ account, region, until: Math.floor(now) + LIFETIME }),
  ).toString("base64url");
  return `${content}.${sign(key, content)}`;
}

/**
 * The place that a client's token is for.
 *
 * @param authorization - header of a request: `Basic` with the user `AWS`, as Docker's clients send it.
 * @returns undefined where the token is none of this registry's, or too old.
 */
export function placeOfToken(key: string, authorization: string | undefined, now: number): Place | undefined {
  const [, encoded = ""] = /^Basic\s+(\S+)$/i.exec(authorization ?? "") ?? [];
  const [, token = ""] = /^AWS:(.*)$/s.exec(Buffer.from(encoded, "base64").toString()) ?? [];
  const [content = "", signature = ""] = token.split(".");
  const expected = Buffer.from(sign(key, content));
  const given = Buffer.from(signature);
  if (content === "" || given.length !== expected.length || !timingSafeEqual(given, expected))
    return undefined;
  const { account, region, until } = JSON.parse(Buffer.from(content, "base64url").toString());
  return until > now ? { account, region } : undefined;
}

function sign(key: string, content: string): string {
  return createHmac("sha256", key).update(content).digest("base64url");
}
