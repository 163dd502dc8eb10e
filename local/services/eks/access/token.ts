/** How every token of `aws eks get-token` begins. */
export const PREFIX = "k8s-aws-v1.";

/** Bytes of a token at the most. */
const LONGEST = 1024 * 16;

/** Milliseconds that a token is good for, whatever it says itself. */
const LIFETIME = 15 * 60_000;

/** Parameters that a presigned GetCallerIdentity has, and no others. */
const PARAMETERS = new Set([
  "action",
  "version",
  "x-amz-algorithm",
  "x-amz-credential",
  "x-amz-date",
  "x-amz-expires",
  "x-amz-security-token",
  "x-amz-signature",
  "x-amz-signedheaders",
]);

/** The header that binds a token to a cluster. */
export const CLUSTER_HEADER = "x-k8s-aws-id";

/** A presigned request to STS, with what it says. */
export interface Presigned {
  readonly url: URL;
  readonly accessKey: string;

  /** The scope of the signature: day, Region, service. */
  readonly day: string;
  readonly region: string;
  readonly date: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** A token that is none, or no longer one. */
export class TokenError extends Error {}

/**
 * Reads the presigned URL in a token, and checks all that can be checked without asking anyone, as
 * aws-iam-authenticator does.
 *
 * @param local - host and port of the gateway, whom the AWS CLI takes for STS here.
 * @see https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
 */
export function presignedOf(token: string, local: string, now: Date): Presigned {
  if (token.length > LONGEST) throw new TokenError("token is too large");
  if (!token.startsWith(PREFIX)) throw new TokenError(`token is missing the prefix ${PREFIX}`);
  const text = Buffer.from(token.slice(PREFIX.length), "base64url").toString();
  if (!URL.canParse(text)) throw new TokenError("token holds no URL");
  const url = new URL(text);
  requireSts(url, local);
  const values = parametersOf(url);
  const value = (name: string) => values.get(name) ?? "";
  if (value("action") !== "GetCallerIdentity") throw new TokenError("unexpected action in pre-signed URL");
  if (value("x-amz-algorithm") !== "AWS4-HMAC-SHA256") {
    throw new TokenError("unexpected algorithm in pre-signed URL");
  }
  const signedHeaders = value("x-amz-signedheaders").toLowerCase().split(";");
  for (const header of ["host", CLUSTER_HEADER]) {
    if (!signedHeaders.includes(header)) {
      throw new TokenError(`client did not sign the ${header} header in the pre-signed URL`);
    }
  }
  const expires = value("x-amz-expires");
  if (!/^\d+$/.test(expires) || Number(expires) > LIFETIME / 1000) {
    throw new TokenError(`invalid X-Amz-Expires parameter in pre-signed URL: ${expires}`);
  }
  const date = value("x-amz-date");
  requireFresh(date, now);
  const [accessKey, day, region, service, end] = value("x-amz-credential").split("/");
  if (!accessKey || !region || day !== date.slice(0, 8) || service !== "sts" || end !== "aws4_request") {
    throw new TokenError("unexpected credential in pre-signed URL");
  }
  return { url, accessKey, day, region, date, signedHeaders, signature: value("x-amz-signature") };
}

function requireSts({ protocol, host, pathname, username, password, hash }: URL, local: string): void {
  const isLocal = protocol === "http:" && sameHost(host, local);
  const isAws =
    protocol === "https:" && /^sts(?:-fips)?(?:\.[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/.test(host);
  if (!isLocal && !isAws) throw new TokenError(`unexpected host ${protocol}//${host} in pre-signed URL`);
  if (pathname !== "/" || username !== "" || password !== "" || hash !== "") {
    throw new TokenError("unexpected path in pre-signed URL");
  }
}

/** `localhost` and `127.0.0.1` are one host; the port decides. */
function sameHost(host: string, local: string): boolean {
  const plain = (text: string) => text.replace(/^localhost(?=:|$)/, "127.0.0.1");
  return plain(host) === plain(local);
}

function parametersOf(url: URL): Map<string, string> {
  const values = new Map<string, string>();
  for (const [key, value] of url.searchParams) {
    const name = key.toLowerCase();
    if (!PARAMETERS.has(name)) throw new TokenError(`non-whitelisted query parameter ${JSON.stringify(key)}`);
    if (values.has(name)) throw new TokenError("query parameter with multiple values not supported");
    values.set(name, value);
  }
  return values;
}

function requireFresh(date: string, now: Date): void {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  if (year === undefined) throw new TokenError("X-Amz-Date parameter must be present in pre-signed URL");
  const signed = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const age = now.getTime() - signed;
  if (age > LIFETIME) throw new TokenError(`X-Amz-Date parameter is expired (15 minute expiration) ${date}`);
  // As STS: a clock may be five minutes ahead.
  if (age < -5 * 60_000 || Number.isNaN(age)) throw new TokenError(`X-Amz-Date ${date} is not yet current`);
}
