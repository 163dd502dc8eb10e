import { randomInt } from "node:crypto";
import { createServer, type Server } from "node:net";

/**
 * Ports from which one is chosen: below those that Linux and macOS give to clients' connections (from 32768 and from
 * 49152 on). One of these could be taken by anybody's connection before the program listens that it was chosen for.
 */
const [FIRST, LAST] = [20_000, 29_999];

/** Ports that are tried until enough are free. */
const ATTEMPTS = 1000;

/** Ports of the loopback address that are free now, for programs that cannot choose one themselves. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = new Map<number, Server>();
  for (let attempt = 0; servers.size < count && attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(FIRST, LAST + 1);
    const server = servers.has(port) ? undefined : await listen(port);
    if (server) servers.set(port, server);
  }
  await Promise.all([...servers.values()].map((server) => new Promise((resolve) => server.close(resolve))));
  if (servers.size < count) throw new Error(`no ${count} ports are free among ${FIRST} to ${LAST}`);
  return [...servers.keys()];
}

/** Whether nobody listens on a port of the loopback address. */
export async function isFree(port: number): Promise<boolean> {
  const server = await listen(port);
  if (!server) return false;
  await new Promise((resolve) => server.close(resolve));
  return true;
}

/** Listens on a port; undefined when that cannot be had. */
function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
