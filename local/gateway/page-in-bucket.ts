import type { OutgoingHttpHeaders } from "node:http";
import { pathOf, queryOf, type RequestHead } from "./exchange";

/**
 * What a page may name in an address: listing, objects, their versions and parts. Everything else is a bucket's or an
 * object's configuration, as `?policy`, `?cors` and `?acl` are.
 */
const PARAMETERS = new Set([
  ...["list-type", "prefix", "delimiter", "marker", "max-keys", "continuation-token", "start-after"],
  ...["encoding-type", "fetch-owner", "versionId", "uploads", "uploadId", "partNumber", "x-id"],
  ...["part-number-marker", "max-parts", "key-marker", "upload-id-marker", "max-uploads"],
  ...["response-cache-control", "response-content-disposition", "response-content-encoding"],
  ...["response-content-language", "response-content-type", "response-expires"],
]);

/** What S3 takes for a signature, or for a header that stands in the address of one that is presigned. */
const OF_SIGNATURE = /^(?:x-amz-.*|awsaccesskeyid|signature|expires)$/i;

/** Whether a request is for objects of a bucket, or a list of them. */
export function isForObjects({ url }: RequestHead): boolean {
  return [...queryOf(url).keys()].every((name) => PARAMETERS.has(name) || OF_SIGNATURE.test(name));
}

/** A request as one that nobody has signed. */
export function withoutSignature(head: RequestHead): RequestHead {
  const { authorization: _, "x-amz-security-token": __, ...headers } = head.headers;
  const kept = head.url
    .slice(pathOf(head.url).length + 1)
    .split("&")
    .filter((part) => ![...new URLSearchParams(part).keys()].some((name) => OF_SIGNATURE.test(name)))
    .join("&");
  const url = kept === "" ? pathOf(head.url) : `${pathOf(head.url)}?${kept}`;
  return { ...head, headers, url, scope: undefined };
}

/**
 * The buckets that a request copies from: by a header, or by the address, where S3 takes it for that header.
 *
 * @returns undefined where one of them is no bucket's name.
 */
export function copiedBuckets({ headers, url }: RequestHead): readonly string[] | undefined {
  const inAddress = [...queryOf(url)].filter(([name]) => name.toLowerCase() === "x-amz-copy-source");
  const given = headers["x-amz-copy-source"];
  const sources = [...(given === undefined ? [] : [String(given)]), ...inAddress.map(([, value]) => value)];
  const buckets = sources.map(bucketOf);
  return buckets.every((bucket) => bucket !== undefined) ? buckets : undefined;
}

function bucketOf(source: string): string | undefined {
  const [path = ""] = source.split("?", 1);
  try {
    const [bucket = ""] = decodeURIComponent(path).replace(/^\/+/, "").split("/", 1);
    return /^[\w.-]+$/.test(bucket) ? bucket : undefined;
  } catch {
    return undefined;
  }
}

/** The headers by which a bucket's CORS configuration lets a page read. */
export function corsOf(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name === "vary" || name.startsWith("access-control-")),
  );
}
