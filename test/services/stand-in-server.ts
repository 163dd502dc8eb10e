import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands in for services of AWS and for GitHub at one address of this machine, each in its own protocol. */
export abstract class StandInServer {
  private readonly server: Server = createServer((request, response) => void this.take(request, response));

  /** Listens at a free port. */
  async listen(): Promise<this> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  protected abstract answer(request: IncomingMessage, response: ServerResponse, body: string): void;

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    this.answer(request, response, Buffer.concat(chunks).toString());
  }
}
