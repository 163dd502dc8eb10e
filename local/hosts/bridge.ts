import { rmSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import { pipeline } from "node:stream";
import {
  AWS_NAME,
  HOST_ADDRESS,
  INSTANCE_METADATA_ADDRESS,
  METADATA_ADDRESS,
  RESOLVER_ADDRESS,
} from "./addresses";
import { OutsideNames } from "./outside-names";
import { startResolver } from "./resolver";

/** What leads in and out of the tasks' network. */
export interface BridgeSettings {
  /** Port of AWS inside. */
  readonly port: number;

  /** Paths of Unix sockets: AWS, the metadata of tasks and of instances, and the ways inward and outward. */
  readonly aws: string;
  readonly metadata: string;
  readonly instanceMetadata: string;
  readonly inward: string;
  readonly outward: string;
}

/**
 * The process in the tasks' network: a Unix socket leads to addresses inside, by HTTP `CONNECT`, and addresses inside lead to
 * the Unix sockets of AWS, of the metadata, and of names of the internet. So no route, address or rule of the machine is touched.
 */
async function main({
  port,
  aws,
  metadata,
  instanceMetadata,
  inward,
  outward,
}: BridgeSettings): Promise<void> {
  const names = new Map<string, string>([[AWS_NAME, HOST_ADDRESS]]);
  process.on("message", (message: { readonly names?: Readonly<Record<string, string>> }) => {
    for (const [name, address] of Object.entries(message.names ?? {})) names.set(name, address);
  });
  process.once("disconnect", () => process.exit(0));

  for (const address of [HOST_ADDRESS, "127.0.0.1"]) await listen(leadTo(aws), port, address);
  await listen(leadTo(metadata), 80, METADATA_ADDRESS);
  await listen(leadTo(instanceMetadata, callerLine), 80, INSTANCE_METADATA_ADDRESS);
  const outside = new OutsideNames((name, to, address) =>
    listen(
      leadTo(outward, () => `${name} ${to}\n`),
      to,
      address,
    ),
  );
  await startResolver(
    RESOLVER_ADDRESS,
    async (name) => names.get(name) ?? (isLocal(name) ? HOST_ADDRESS : await outside.addressOf(name)),
  );

  const server = createHttpServer((_, response) => response.writeHead(405).end());
  server.on("connect", (request, client: Socket, head: Buffer) => {
    const [, host = "", number = ""] = /^([\d.]+):(\d+)$/.exec(request.url ?? "") ?? [];
    const target = connect({ host, port: Number(number), timeout: 10_000 });
    const refuse = (status: string) => client.end(`HTTP/1.1 ${status}\r\n\r\n`);
    target.once("timeout", () => {
      target.destroy();
      refuse("504 Gateway Timeout");
    });
    target.once("error", () => refuse("502 Bad Gateway"));
    target.once("connect", () => {
      target.setTimeout(0);
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      if (head.length > 0) target.write(head);
      join(client, target);
    });
  });
  rmSync(inward, { force: true });
  await new Promise<void>((resolve) => server.listen(inward, resolve));
  process.send?.("ready");
}

function isLocal(name: string): boolean {
  return name === "localhost" || name.endsWith(".localhost");
}

/** Leads every connection to a Unix socket. @param preface - what is written first of each */
function leadTo(path: string, preface: (client: Socket) => string = () => "") {
  return createServer((client) => {
    const target = connect(path);
    const first = preface(client);
    if (first !== "") target.write(first);
    join(client, target);
  });
}

/** Who asks: an instance is known by its address, which is not that of the socket's other end. */
function callerLine(client: Socket): string {
  return `${client.remoteAddress ?? ""}\n`;
}

function listen(server: ReturnType<typeof leadTo>, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host }, resolve);
  });
}

/** Each end's bytes are the other's; when one is gone, so is the other. */
function join(one: Socket, other: Socket): void {
  const done = () => undefined;
  pipeline(one, other, done);
  pipeline(other, one, done);
}

main(JSON.parse(process.argv[2] ?? "{}") as BridgeSettings).catch((error) => {
  console.error(error);
  process.exit(1);
});
