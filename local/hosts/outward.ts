import { lookup } from "node:dns";
import {
  BlockList,
  connect,
  createServer,
  isIP,
  type LookupFunction,
  type Server,
  type Socket,
} from "node:net";
import { pipeline } from "node:stream";

/** Milliseconds within which a connection must be there. */
const LIMIT = 30_000;

/** Bytes of the line that says where a connection is to lead. */
const LONGEST_LINE = 300;

/** Addresses at which only this machine is: its own services, and the metadata of the cloud that it may be in. */
const OWN = new BlockList();
for (const [net, prefix] of [
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["0.0.0.0", 8],
] as const)
  OWN.addSubnet(net, prefix, "ipv4");
for (const [net, prefix] of [
  ["::1", 128],
  ["fe80::", 10],
  ["::", 128],
] as const)
  OWN.addSubnet(net, prefix, "ipv6");

/** Whether an address is this machine's alone, written as an IPv6 one too. */
export function isOwnAddress(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, "");
  return OWN.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
}

/**
 * The way from the hosts' network to the internet: a Unix socket, on which each connection begins with a line with the name
 * and the port that it is to lead to. What is this machine's alone is led to only where it stands in for such a name.
 */
export class Outward {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer((client) => this.accept(client));

  /** @param standIns - by name and port, e.g. `github.com:443`: host and port of what is reached in its place. */
  constructor(private readonly standIns: Readonly<Record<string, string>> = {}) {}

  /** Listens on a Unix socket; it keeps no process alive, e.g. one that found its port taken. */
  listen(path: string): void {
    this.server.listen(path).unref();
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private accept(client: Socket): void {
    this.sockets.add(client);
    client.once("close", () => this.sockets.delete(client));
    client.on("error", () => client.destroy());
    client.once("readable", () => {
      const chunk: Buffer = client.read() ?? Buffer.alloc(0);
      const end = chunk.subarray(0, LONGEST_LINE).indexOf("\n");
      const [name = "", port = ""] = chunk.subarray(0, Math.max(end, 0)).toString().split(" ");
      // No name of an address: those of names are looked up, and judged.
      if (end < 0 || name === "" || isIP(name) !== 0 || !/^\d{1,5}$/.test(port)) {
        client.destroy();
        return;
      }
      if (end + 1 < chunk.length) client.unshift(chunk.subarray(end + 1));
      this.lead(client, name, Number(port));
    });
  }

  private lead(client: Socket, name: string, port: number): void {
    const [, host, at] = /^(.+):(\d+)$/.exec(this.standIns[`${name}:${port}`] ?? "") ?? [];
    const target =
      host === undefined
        ? connect({ host: name, port, lookup: lookupOutside })
        : connect({ host, port: Number(at) });
    this.sockets.add(target);
    target.once("close", () => this.sockets.delete(target));
    target.setTimeout(LIMIT, () => target.destroy());
    target.once("connect", () => target.setTimeout(0));
    const done = () => undefined;
    pipeline(client, target, done);
    pipeline(target, client, done);
  }
}

/** Finds the addresses of a name, without those that only this machine is to reach. */
const lookupOutside: LookupFunction = (name, options, done) => {
  lookup(name, { ...options, all: true }, (error, found) => {
    const addresses = (found ?? []).filter(({ address }) => !isOwnAddress(address));
    const [first] = addresses;
    if (error || !first) done(error ?? new Error(`${name} has no address outside of this machine`), "", 0);
    else if (options.all) done(null, addresses);
    else done(null, first.address, first.family);
  });
};
