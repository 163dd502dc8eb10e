import type { Server as HttpServer } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type SecureContext } from "node:tls";

/** What TLS is spoken with. */
export interface Certificates {
  /** For a name that a client asks for. @throws for a name that nobody has here. */
  contextOf(name: string): SecureContext;

  /** In PEM; the empty name is for a client that asks for an address. */
  certificateOf(name: string): { readonly certificate: string; readonly key: string };
}

/** First byte of a connection that speaks TLS. @see https://www.rfc-editor.org/rfc/rfc8446#section-5.1 */
const HANDSHAKE = 22;

/**
 * Listens for HTTP and for HTTPS on one port: the first byte of a connection tells which.
 */
export function listenForBoth(http: HttpServer, certificates: Certificates): Server {
  const { certificate, key } = certificates.certificateOf("");
  const tls = createTlsServer({
    cert: certificate,
    key,
    ALPNProtocols: ["http/1.1"],
    SNICallback: (name, done) => {
      try {
        done(null, certificates.contextOf(name));
      } catch (error) {
        done(error as Error);
      }
    },
  });
  tls.on("secureConnection", (socket) => http.emit("connection", socket));
  tls.on("tlsClientError", (_, socket) => socket.destroy());
  return createServer({ noDelay: true }, (socket) => sort(socket, http, tls));
}

function sort(socket: Socket, http: HttpServer, tls: ReturnType<typeof createTlsServer>): void {
  const fail = () => socket.destroy();
  socket.once("error", fail);
  socket.once("data", (first) => {
    socket.pause();
    socket.off("error", fail);
    socket.unshift(first);
    (first[0] === HANDSHAKE ? tls : http).emit("connection", socket);
    process.nextTick(() => socket.resume());
  });
}
