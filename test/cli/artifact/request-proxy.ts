import { createServer, type IncomingMessage, request } from "node:http";
import { denials } from "../../policy";

/**
 * What becomes of a request at a proxy: another body, or an answer of the proxy's own. `cut` ends the connection
 * without an answer, `before` the server gets the request or `after` it has carried it out.
 */
export type RequestVerdict =
  | { readonly body: Buffer; readonly cut?: "before" | "after" }
  | { readonly status: number; readonly answer: string; readonly type?: string };

/** Decides what becomes of a request, and may let it wait. */
export type RequestHandler = (
  head: IncomingMessage,
  body: Buffer,
) => RequestVerdict | Promise<RequestVerdict>;

/** A proxy of a server, which can change and refuse requests. */
export interface RequestProxy {
  readonly url: string;
  close(): void;
}

/** Starts a proxy of a server. */
export async function openProxy(to: string, handle: RequestHandler): Promise<RequestProxy> {
  const { hostname: host, port } = new URL(to);
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const verdict = await handle(incoming, Buffer.concat(chunks));
    if ("status" in verdict) {
      const { status, answer, type = "application/xml" } = verdict;
      response.writeHead(status, { "content-type": type }).end(answer);
      return;
    }
    if (verdict.cut === "before") return void response.destroy();
    const { method, url: path, headers } = incoming;
    const outgoing = request({ host, port, method, path, headers }, (answer) => {
      if (verdict.cut === "after") return void response.destroy();
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    outgoing.on("error", () => response.destroy());
    outgoing.end(verdict.body);
  });
  // Longer than a client keeps a connection: none is closed in the moment in which it is used again.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const at = typeof address === "object" && address ? address.port : 0;
  return { url: `http://127.0.0.1:${at}`, close: () => void server.close().closeAllConnections() };
}

/** S3's action for what is done with an object, without and with a version. */
const ACTIONS: Readonly<Record<string, readonly [string, string]>> = {
  GET: ["s3:GetObject", "s3:GetObjectVersion"],
  HEAD: ["s3:GetObject", "s3:GetObjectVersion"],
  PUT: ["s3:PutObject", "s3:PutObject"],
  DELETE: ["s3:DeleteObject", "s3:DeleteObjectVersion"],
};

/**
 * Refuses what the policy of a bucket denies, as S3 does; the emulators keep policies and judge none.
 *
 * @param principal - ARN of who asks.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
 */
export function bucketPolicyEnforcer(
  bucket: string,
  statements: readonly Readonly<Record<string, unknown>>[],
  principal: () => string,
): RequestHandler {
  return ({ method = "", url = "/", headers }, body) => {
    const { pathname, searchParams } = new URL(url, "http://proxy");
    const [action, ofVersion] = ACTIONS[method] ?? [];
    if (!action || !pathname.startsWith(`/${bucket}/`)) return { body };
    const conditions = ["if-match", "if-none-match"].flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[`s3:${name}`, String(value)]];
    });
    const denied = denials(statements, {
      action: (searchParams.has("versionId") ? ofVersion : action) ?? action,
      resource: `arn:aws:s3:::${decodeURIComponent(pathname.slice(1))}`,
      keys: {
        // The proxy stands for one with TLS.
        "aws:SecureTransport": "true",
        "s3:TlsVersion": "1.3",
        "aws:PrincipalArn": principal(),
        "s3:ObjectCreationOperation": String(method === "PUT" && !searchParams.has("uploadId")),
        ...Object.fromEntries(conditions),
      },
    });
    if (denied.length === 0) return { body };
    const message = `Access Denied by ${denied.join(", ")}`;
    return {
      status: 403,
      answer: `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`,
    };
  };
}
