import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { CLUSTER_HEADER, type Presigned } from "./token";

/**
 * Whether a presigned request was signed with a secret, for a cluster.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function isSignedBy(presigned: Presigned, secret: string, cluster: string): boolean {
  const { url, day, region, date, signedHeaders, signature } = presigned;
  const scope = `${day}/${region}/sts/aws4_request`;
  const headers = signedHeaders.map((name) => `${name}:${headerOf(name, url, cluster)}\n`).join("");
  const request = ["GET", "/", queryOf(url), headers, signedHeaders.join(";"), hash("")].join("\n");
  const text = ["AWS4-HMAC-SHA256", date, scope, hash(request)].join("\n");
  const key = [day, region, "sts", "aws4_request"].reduce<string | Buffer>(
    (before, part) => createHmac("sha256", before).update(part).digest(),
    `AWS4${secret}`,
  );
  const expected = createHmac("sha256", key).update(text).digest();
  const given = Buffer.from(signature, "hex");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function headerOf(name: string, { host }: URL, cluster: string): string {
  if (name === "host") return host;
  return name === CLUSTER_HEADER ? cluster : "";
}

/** The query in the order and encoding that is signed, without the signature. */
function queryOf(url: URL): string {
  return [...url.searchParams]
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

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
