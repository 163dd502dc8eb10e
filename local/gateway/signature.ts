import { canonicalQuery, isMadeWith, type Signed } from "../credentials/sigv4";
import { pathOf, queryOf, type RequestHead } from "./exchange";

/** The secret of an access key that STS or IAM has given out here, while it is good. */
export type SecretOf = (accessKey: string) => string | undefined;

/** Milliseconds that a clock may be off, as for S3. */
const SKEW = 15 * 60_000;

/** Seconds that a presigned address is good for at the most. */
const LONGEST = 7 * 24 * 3600;

const HEADER =
  /^AWS4-HMAC-SHA256 Credential=([^/\s,]+\/\d{8}\/[^/\s,]+\/s3\/aws4_request),\s*SignedHeaders=([^\s,]+),\s*Signature=([0-9a-f]{64})$/;

/** A signature with what it is to be checked against. */
interface Claim {
  readonly accessKey: string;
  readonly begin: number;
  readonly end: number;
  readonly signed: Signed;
}

/**
 * Whether a request to S3 is signed, in its header or its address, with a secret that was given out here. The
 * emulators' own keys do not count: everybody knows them.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */
export function isSignedWithIssuedSecret(head: RequestHead, secretOf: SecretOf, now = Date.now()): boolean {
  const claim = head.headers.authorization === undefined ? inAddress(head) : inHeader(head);
  if (!claim || !(claim.begin - SKEW <= now && now <= claim.end)) return false;
  const secret = secretOf(claim.accessKey);
  return secret !== undefined && isMadeWith(secret, claim.signed);
}

function inHeader(head: RequestHead): Claim | undefined {
  // S3 takes one signature, and refuses two.
  if (
    [...queryOf(head.url).keys()].some((name) =>
      /^(?:x-amz-(?:credential|signature)|awsaccesskeyid)$/i.test(name),
    )
  ) {
    return undefined;
  }
  const [, credential = "", signedHeaders = "", signature = ""] =
    HEADER.exec(head.headers.authorization ?? "") ?? [];
  const date = textOf(head, "x-amz-date");
  return claimOf(head, { credential, signedHeaders, signature, date, lifetime: SKEW });
}

function inAddress(head: RequestHead): Claim | undefined {
  const query = queryOf(head.url);
  const value = (name: string) => query.get(`X-Amz-${name}`) ?? "";
  const expires = value("Expires");
  if (value("Algorithm") !== "AWS4-HMAC-SHA256" || !/^\d{1,6}$/.test(expires) || Number(expires) > LONGEST) {
    return undefined;
  }
  return claimOf(head, {
    credential: value("Credential"),
    signedHeaders: value("SignedHeaders"),
    signature: value("Signature"),
    date: value("Date"),
    lifetime: Number(expires) * 1000,
  });
}

function claimOf(
  head: RequestHead,
  text: Record<"credential" | "signedHeaders" | "signature" | "date", string> & { readonly lifetime: number },
): Claim | undefined {
  const { credential, signedHeaders, signature, date, lifetime } = text;
  const [accessKey, day, region, service, end] = credential.split("/");
  const begin = timeOf(date);
  if (!accessKey || !day || !region || service !== "s3" || end !== "aws4_request") return undefined;
  if (begin === undefined || day !== date.slice(0, 8)) return undefined;
  const names = signedHeaders.split(";");
  if (!names.includes("host")) return undefined;
  const headers = names
    .map((name) => `${name}:${textOf(head, name).trim().replaceAll(/ +/g, " ")}\n`)
    .join("");
  const query = queryOf(head.url);
  const payload =
    textOf(head, "x-amz-content-sha256") || query.get("X-Amz-Content-Sha256") || "UNSIGNED-PAYLOAD";
  const request = [head.method, pathOf(head.url), canonicalQuery(query), headers, signedHeaders, payload];
  return {
    accessKey,
    begin,
    end: begin + lifetime,
    signed: { day, region, service, date, request, signature },
  };
}

function textOf({ headers }: RequestHead, name: string): string {
  return String(headers[name] ?? "");
}

function timeOf(date: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  const time = parts
    ? Date.parse(date.replace(/(....)(..)(..)T(..)(..)(..)Z/, "$1-$2-$3T$4:$5:$6Z"))
    : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
