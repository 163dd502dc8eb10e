import { createServer, type Server } from "node:net";
import { pipeline } from "node:stream";
import { connectInward } from "./inward";

/** An address of the tasks' network, as this machine reaches it. */
export interface LedOut {
  /** Port of 127.0.0.1. */
  readonly port: number;
  close(): void;
}

/**
 * Leads a port of 127.0.0.1 to an address of the tasks' network.
 *
 * @param socket - path of the bridge's Unix socket.
 * @param wanted - port of 127.0.0.1; another one is taken where it is not free.
 */
export async function leadOut(
  socket: string,
  { address, port }: { readonly address: string; readonly port: number },
  wanted: number,
): Promise<LedOut> {
  const server = createServer((client) => {
    client.on("error", () => undefined);
    connectInward(socket, address, port).then(
      (target) => {
        const done = () => undefined;
        pipeline(client, target, done);
        pipeline(target, client, done);
      },
      () => client.destroy(),
    );
  });
  const listening = (await listen(server, wanted)) ?? (await listen(server, 0)) ?? 0;
  return { port: listening, close: () => server.close() };
}

function listen(server: Server, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const fail = () => resolve(undefined);
    server.once("error", fail);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", fail);
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : undefined);
    });
  });
}
