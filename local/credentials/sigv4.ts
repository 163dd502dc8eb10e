import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** What a signature of AWS Signature Version 4 is made of, but for the secret. */
export interface Signed {
  readonly day: string;
  readonly region: string;
  readonly service: string;

  /** As `YYYYMMDDTHHMMSSZ`. */
  readonly date: string;

  /** Lines of the canonical request. */
  readonly request: readonly string[];

  /** In hexadecimal. */
  readonly signature: string;
}

/**
 * Whether a signature was made with a secret.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function isMadeWith(secret: string, signed: Signed): boolean {
  const { day, region, service, date, request, signature } = signed;
  const scope = [day, region, service, "aws4_request"];
  const text = ["AWS4-HMAC-SHA256", date, scope.join("/"), hash(request.join("\n"))].join("\n");
  const key = scope.reduce<string | Buffer>(
    (before, part) => createHmac("sha256", before).update(part).digest(),
    `AWS4${secret}`,
  );
  const expected = createHmac("sha256", key).update(text).digest();
  const given = Buffer.from(signature, "hex");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** The query in the order and encoding that is signed, without the signature. */
export function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name.toLowerCase() !== "x-amz-signature")
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
}

/** Percent-encoding of everything but letters, digits, and `-._~`. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
