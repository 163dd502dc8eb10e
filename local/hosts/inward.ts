import { Agent, type ClientRequestArgs, request } from "node:http";
import type { Duplex } from "node:stream";

/** Milliseconds within which a connection must be there. */
const LIMIT = 10_000;

/**
 * Opens a connection to an address of the tasks' network.
 *
 * @param socket - path of the bridge's Unix socket.
 * @throws when nothing listens there.
 */
export function connectInward(socket: string, host: string, port: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const asked = request({
      socketPath: socket,
      method: "CONNECT",
      path: `${host}:${port}`,
      agent: false,
      timeout: LIMIT,
    });
    asked.once("connect", ({ statusCode }, connection) => {
      if (statusCode === 200) {
        resolve(connection);
        return;
      }
      connection.destroy();
      reject(new Error(`${host}:${port} cannot be reached`));
    });
    asked.once("timeout", () => asked.destroy(new Error(`${host}:${port} does not answer`)));
    asked.once("error", reject);
    asked.end();
  });
}

/** Leads requests to addresses of the tasks' network, each by a connection of its own. */
export class InwardAgent extends Agent {
  constructor(private readonly socket: string) {
    super({ keepAlive: false });
  }

  override createConnection(
    { host, port }: ClientRequestArgs,
    callback?: (error: Error | null, connection: Duplex) => void,
  ): undefined {
    connectInward(this.socket, host ?? "", Number(port)).then(
      (connection) => callback?.(null, connection),
      (error) => callback?.(error, undefined as unknown as Duplex),
    );
    return undefined;
  }
}
