import { once } from "node:events";
import {
  type ClientHttp2Session,
  connect,
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { connect as connectSocket } from "node:net";
import { narrowed } from "./schema";

/** The question for the schema, in version 5 of the protocol, which the AWS provider speaks. */
export const SCHEMA = "/tfplugin5.Provider/GetSchema";

/**
 * A provider's socket for one Terraform: everything goes to the provider as it is, but its schema is answered from
 * memory, and with those types only that the stack's configuration names. Reading all 1,500 is most of what a
 * command of Terraform costs.
 *
 * A type that only the state has is missing then, and Terraform says so with an error ({@link LACKS_SCHEMA}).
 */
export class ProviderGate {
  private readonly sessions = new Set<ServerHttp2Session>();

  private constructor(
    private readonly server: Http2Server,
    private readonly provider: ClientHttp2Session,
  ) {
    server.on("session", (session) => {
      this.sessions.add(session);
      session.on("error", () => undefined);
      session.once("close", () => this.sessions.delete(session));
    });
    // Terraform sees a provider that has ended, and not one that is silent.
    provider.once("close", () => this.close());
  }

  /**
   * Listens at a socket.
   *
   * @param at - path of the socket that is made.
   * @param provider - path of the provider's socket.
   * @param schema - the provider's answer, as {@link readSchema} gives it.
   * @param types - resource types of which the schema is to be told.
   */
  static async open(
    at: string,
    provider: string,
    schema: Buffer,
    types: ReadonlySet<string>,
  ): Promise<ProviderGate> {
    const session = await sessionWith(provider);
    const server = createServer();
    const answer = narrowed(schema, types);
    server.on("stream", (stream, headers) => {
      stream.on("error", () => undefined);
      if (headers[":path"] === SCHEMA) reply(stream, answer);
      else forward(stream, headers, session);
    });
    const gate = new ProviderGate(server, session);
    server.listen(at);
    await once(server, "listening");
    return gate;
  }

  close(): void {
    this.server.close();
    for (const session of this.sessions) session.destroy();
    this.provider.destroy();
  }
}

/** What Terraform may say of a type whose schema it was not told; rather too often than not often enough. */
export const LACKS_SCHEMA =
  /\bschemas?\b|does not support (?:managed |ephemeral )?(?:resource|data source) type/i;

/** A provider's answer to the question for its schema: one message of gRPC with its prefix of five bytes. */
export async function readSchema(socket: string): Promise<Buffer> {
  const session = await sessionWith(socket);
  try {
    const request = session.request({
      ":method": "POST",
      ":path": SCHEMA,
      "content-type": "application/grpc",
      te: "trailers",
    });
    request.end(Buffer.alloc(5));
    let status: unknown;
    const read = (headers: IncomingHttpHeaders) => {
      status = headers["grpc-status"] ?? status;
    };
    request.on("response", read);
    request.on("trailers", read);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    await once(request, "close");
    if (status !== "0") throw new Error(`the provider tells no schema: status ${String(status)}`);
    return Buffer.concat(chunks);
  } finally {
    session.destroy();
  }
}

/** Connects to a provider. */
export async function sessionWith(socket: string): Promise<ClientHttp2Session> {
  const session = connect("http://localhost", { createConnection: () => connectSocket(socket) });
  await once(session, "connect");
  session.on("error", () => undefined);
  return session;
}

/** Answers a call with one message of gRPC. */
export function reply(stream: ServerHttp2Stream, answer: Buffer): void {
  stream.resume();
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(answer);
}

/**
 * Has a provider answer a call.
 *
 * @param message - what was read of the call already, all of it. @default - it is read as it comes
 */
export function forward(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  provider: ClientHttp2Session,
  message?: Buffer,
): void {
  if (provider.destroyed) {
    stream.close(constants.NGHTTP2_REFUSED_STREAM);
    return;
  }
  const request = provider.request(headers, { endStream: false });
  let trailers: IncomingHttpHeaders = {};
  request.on("error", () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
  request.once("response", (answer, flags) => {
    if (stream.destroyed) return;
    const whole = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    stream.respond(answer, whole ? { endStream: true } : { waitForTrailers: true });
    if (!whole) request.pipe(stream);
  });
  request.once("trailers", (given) => {
    trailers = given;
  });
  stream.once("wantTrailers", () => stream.sendTrailers(trailers));
  stream.once("close", () => request.close(constants.NGHTTP2_CANCEL));
  if (message) request.end(message);
  else stream.pipe(request);
}
