import type { IncomingHttpHeaders } from "node:http";

/** Whom a request is from and which service it is for, as its signature says. */
export interface Scope {
  /** Access key; the emulators take one of 12 digits for the account itself. */
  readonly accessKey: string;
  readonly region: string;

  /** Name that the service signs with, e.g. `s3`, `ec2`, `monitoring` for CloudWatch. */
  readonly service: string;
}

const CREDENTIAL = /([^/\s=,]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;

/**
 * Reads the scope of a SigV4 signature: from the `Authorization` header, or from a presigned URL.
 *
 * @returns undefined for a request that is not signed.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
 */
export function scopeOf(headers: IncomingHttpHeaders, url: string): Scope | undefined {
  const [path = ""] = url.split("?", 1);
  // No URL: a request's target may be any text.
  const query = new URLSearchParams(url.slice(path.length + 1)).get("X-Amz-Credential") ?? "";
  const match = CREDENTIAL.exec(headers.authorization ?? "") ?? CREDENTIAL.exec(query);
  const [, accessKey, region, service] = match ?? [];
  if (accessKey === undefined || region === undefined || service === undefined) return undefined;
  return { accessKey, region, service };
}

/**
 * Name of the operation that a request asks for, for logs and corrections: the target's last part for
 * the JSON protocols, otherwise the method and the path. The action of a query request stands in its
 * body, which is not read for this.
 */
export function operationOf(method: string, headers: IncomingHttpHeaders, url: string): string {
  const target = headers["x-amz-target"];
  if (typeof target === "string") return target.slice(target.lastIndexOf(".") + 1);
  return `${method} ${url.split("?", 1)[0]}`;
}
