import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** The page that tries everything. */
export const PAGE = `<!doctype html><title>page</title><body><script>${readFileSync(join(__dirname, "attacks.js"), "utf8")}</script>`;

/** Serves the page; at `/sandboxed` it has no origin. */
export function pageServer(): Server {
  return createServer((asked, response) => {
    response.setHeader("content-type", "text/html");
    if (asked.url === "/sandboxed") {
      response.setHeader("content-security-policy", "sandbox allow-scripts allow-forms");
    }
    response.end(PAGE);
  });
}

export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/**
 * The planted fault: what the gateway was before it looked at who asks. Whatever page sends something, it goes on
 * without a word of that page, for the service that its path names; and every page may read the answer.
 */
export function permissiveProxy(gateway: string): Server {
  return createServer((asked, response) => {
    const open = { "access-control-allow-origin": "*", "access-control-allow-headers": "*" };
    if (asked.method === "OPTIONS") {
      response.writeHead(200, { ...open, "access-control-allow-methods": "*" }).end();
      return;
    }
    const { origin: _, "sec-fetch-site": __, ...headers } = asked.headers;
    headers.host = new URL(gateway).host;
    headers.authorization ??= signature(serviceOf(asked));
    forward(gateway, asked, headers, response, open);
  });
}

function forward(
  gateway: string,
  asked: IncomingMessage,
  headers: IncomingMessage["headers"],
  response: ServerResponse,
  open: object,
): void {
  const outgoing = request(
    new URL(asked.url ?? "/", gateway),
    { method: asked.method, headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 500, { ...answer.headers, ...open });
      answer.pipe(response);
    },
  );
  outgoing.on("error", () => response.destroy());
  asked.pipe(outgoing);
}

/** A signature that is none; the emulator reads the service from it. */
export function signature(service: string): string {
  return `AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
}

function serviceOf({ url = "/", headers }: IncomingMessage): string {
  if (headers["x-amz-target"]) return "ssm";
  if (url.startsWith("/2015-03-31/")) return "lambda";
  return headers["content-type"]?.includes("form-urlencoded") || url.includes("Action=") ? "ec2" : "s3";
}
