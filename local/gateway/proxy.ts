import {
  Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from "node:http";
import { pipeline } from "node:stream/promises";
import { errorResponse } from "./errors";
import { type RequestHead, readBody, TARGET_HEADER, type WholeRequest, type WholeResponse } from "./exchange";
import { repeatReads } from "./repeat";
import { mayBeUnanswered, reasonOf } from "./unanswered";

/** Headers that speak of one connection, or that the gateway alone may send, and are not handed on. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
  "expect",
  TARGET_HEADER,
]);

/** Largest body in bytes that is read whole and handed on in one piece: a stream costs more than it. */
const SMALL = 65_536;

/** One emulator, as the gateway reaches it. */
export interface Upstream {
  readonly name: string;

  /** Path of its Unix socket. */
  readonly socket: string;

  /** Connections to it at once; more wait. */
  readonly agent: Agent;
}

/**
 * An agent that keeps connections to an emulator open. Of one that the server closes in the moment in which the next request
 * is written to it, nobody knows whether that request was carried out. So the emulators close none that may be used again:
 * see `engines/ministack/{serve,access}.py` and `engines/moto/requests.py`.
 */
export function keptConnections(atOnce: number): Agent {
  return new Agent({ keepAlive: true, maxSockets: atOnce, maxFreeSockets: atOnce });
}

/**
 * Streams a request to an emulator and its answer back. Only what moto could not answer is held, to be
 * worded as AWS would.
 */
export async function stream(
  head: RequestHead,
  request: IncomingMessage,
  response: ServerResponse,
  upstream: Upstream,
): Promise<void> {
  const outgoing = open(head, upstream);
  response.once("close", () => {
    if (!response.writableFinished) outgoing.destroy();
  });
  const answered = answerTo(outgoing);
  // An emulator may answer before it has read the whole body; then the rest is of no interest.
  handBody(request, outgoing).catch((error: Error) => outgoing.destroy(error));
  const incoming = await answered;
  if (mayBeUnanswered(head, incoming)) {
    send(response, await held(head, incoming, upstream));
    return;
  }
  const body = isSmall(incoming) ? await readBody(incoming) : undefined;
  response.writeHead(incoming.statusCode ?? 502, answerHeaders(head, incoming));
  if (body) response.end(body);
  else await pipeline(incoming, response);
}

async function handBody(request: IncomingMessage, outgoing: ClientRequest): Promise<void> {
  if (isSmall(request)) outgoing.end(await readBody(request));
  else await pipeline(request, outgoing);
}

/** Whether a body is small, by the length that its head says. */
function isSmall({ headers }: IncomingMessage): boolean {
  return Number(headers["content-length"] ?? Number.NaN) <= SMALL;
}

/** Sends a request whose body is held, and holds the answer. */
export function exchange(request: WholeRequest, upstream: Upstream): Promise<WholeResponse> {
  return repeatReads(request, () => exchangeOnce(request, upstream));
}

async function exchangeOnce(request: WholeRequest, upstream: Upstream): Promise<WholeResponse> {
  const { "transfer-encoding": _, ...headers } = request.headers;
  const outgoing = open(
    { ...request, headers: { ...headers, "content-length": String(request.body.length) } },
    upstream,
  );
  const answered = answerTo(outgoing);
  outgoing.end(request.body);
  const incoming = await answered;
  return held(request, incoming, upstream);
}

/** Holds an answer; one that says that the emulator lacks the call is worded as AWS would. */
async function held(
  head: RequestHead,
  incoming: IncomingMessage,
  upstream: Upstream,
): Promise<WholeResponse> {
  const body = await readBody(incoming);
  const lacked = mayBeUnanswered(head, incoming) ? reasonOf(incoming, body.toString()) : undefined;
  if (lacked !== undefined) return unanswered(head, lacked, upstream);
  const answer = answerHeaders(head, incoming);
  delete answer["transfer-encoding"];
  return { status: incoming.statusCode ?? 502, headers: answer, body };
}

/** Writes an answer that is held whole. */
export function send(response: ServerResponse, { status, headers, body }: WholeResponse): void {
  const bytes = Buffer.from(body);
  // The length that HEAD is answered with is that of a body that does not follow.
  const length = response.req.method === "HEAD" ? {} : { "content-length": bytes.length };
  response.writeHead(status, { ...headers, ...length });
  response.end(bytes);
}

function open(head: RequestHead, { socket, agent }: Upstream): ClientRequest {
  return httpRequest({
    socketPath: socket,
    agent,
    method: head.method,
    path: head.url,
    headers: { ...withoutHops(head.headers), ...(head.target ? { [TARGET_HEADER]: head.target } : {}) },
    setHost: false,
  });
}

function answerTo(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => outgoing.once("response", resolve).once("error", reject));
}

/** Both emulators let every page read every answer. Here an API says it itself, and a bucket by its configuration. */
function answerHeaders(head: RequestHead, incoming: IncomingMessage): OutgoingHttpHeaders {
  const headers = withoutHops(incoming.headers);
  if (head.target === "api" || head.target === "cors") return headers;
  for (const name of Object.keys(headers)) if (name.startsWith("access-control-")) delete headers[name];
  return { ...headers, ...head.cors };
}

function withoutHops(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const rest: OutgoingHttpHeaders = {};
  for (const name in headers) if (!HOP_BY_HOP.has(name)) rest[name] = headers[name];
  return rest;
}

/** Says that it is the emulator that lacks a call, with a status that no SDK tries again. */
function unanswered(head: RequestHead, reason: string, upstream: Upstream): WholeResponse {
  return errorResponse(head, {
    status: 400,
    code: "UnsupportedOperation",
    message: `the local emulator (${upstream.name}) cannot answer ${head.scope?.service ?? ""} ${head.operation}: ${reason.slice(0, 300)}`,
  });
}
