import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { operationOf, type Scope, scopeOf } from "./scope";

/** What the gateway knows of a request before it reads the body. */
export interface RequestHead {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly scope: Scope | undefined;

  /** Operation for the JSON protocols, otherwise method and path. */
  readonly operation: string;

  /** What it may reach of an emulator. @default - the AWS APIs, for a signed request */
  readonly target?: Target;

  /** Headers by which a bucket lets a page read the answer. */
  readonly cors?: OutgoingHttpHeaders;
}

/**
 * What an emulator lets a request reach; it takes the gateway's word for it (`engines/{ministack,moto}/access.py`):
 * its own paths, whether a host is an API's, what a bucket's CORS configuration says, an API, S3 as anybody or as a
 * presigned address or a form says, S3 for a page that has signed or for one that is anybody, calls of STS, a registry
 * and code without a signature, and what a service of AWS says by itself.
 */
export type Target =
  | "emulator"
  | "domain"
  | "cors"
  | "api"
  | "s3"
  | "page"
  | "anybody"
  | "sts"
  | "registry"
  | "code"
  | "service";

/** The header by which an emulator is told; one of a client is not handed on. */
export const TARGET_HEADER = "x-groundplan-target";

/** A request whose body was read, for those few that are answered or corrected here. */
export interface WholeRequest extends RequestHead {
  readonly body: Buffer;
}

/** An answer that is held whole. */
export interface WholeResponse {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer | string;
}

/** The account and Region that a request speaks of. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** Reads the head of a request. */
export function headOf(request: IncomingMessage): RequestHead {
  const { method = "GET", url = "/", headers } = request;
  return { method, url, headers, scope: scopeOf(headers, url), operation: operationOf(method, headers, url) };
}

/** The path of a request as it was sent; a target need not be part of any URL, and nothing here may throw on one. */
export function pathOf(url: string): string {
  return url.split("?", 1)[0] ?? "";
}

/** The query of a request. */
export function queryOf(url: string): URLSearchParams {
  return new URLSearchParams(url.slice(pathOf(url).length + 1));
}

/** Reads a whole body; only for requests of control planes, which are small. */
export function readBody(stream: IncomingMessage): Promise<Buffer> {
  // An iterator would cost more than the gateway's whole work on a request.
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const whole = () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    const aborted = () => reject(Object.assign(new Error("aborted"), { code: "ECONNRESET" }));
    if (stream.readableEnded) whole();
    else if (stream.destroyed) aborted();
    stream
      .on("data", (chunk: Buffer) => chunks.push(chunk))
      .once("end", whole)
      .once("error", reject)
      .once("close", () => {
        if (!stream.readableEnded) aborted();
      });
  });
}

/** Reads the body of a request, and from it the action of the query protocol, which stands nowhere else. */
export async function wholeOf(head: RequestHead, request: IncomingMessage): Promise<WholeRequest> {
  const body = await readBody(request);
  const action = isForm(head) ? new URLSearchParams(body.toString()).get("Action") : null;
  return { ...head, body, operation: action ?? head.operation };
}

/** Whether a request speaks the query protocol. */
export function isForm({ headers }: RequestHead): boolean {
  return (headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded");
}

/** An answer of the JSON protocols. */
export function jsonResponse(
  status: number,
  body: unknown,
  headers: OutgoingHttpHeaders = {},
): WholeResponse {
  return {
    status,
    headers: { "content-type": "application/x-amz-json-1.1", ...headers },
    body: JSON.stringify(body),
  };
}
