import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What it answers. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
}

/** Someone who gets JSON over HTTP: an incoming webhook of Slack, or PagerDuty's Events API. */
export class Receiver {
  readonly bodies: Record<string, unknown>[] = [];
  readonly paths: string[] = [];
  private readonly server: Server;

  private constructor(private readonly reply: (body: Record<string, unknown>) => Reply | "broken") {
    this.server = createServer((request, response) => {
      void this.handle(request, response);
    });
  }

  static async start(reply: (body: Record<string, unknown>) => Reply | "broken"): Promise<Receiver> {
    const started = new Receiver(reply);
    await new Promise<void>((resolve) => started.server.listen(0, "127.0.0.1", resolve));
    return started;
  }

  /** A webhook of Slack: what its documentation says it refuses is refused, and more than one message a second too. */
  static async slack(gap = 0): Promise<Receiver> {
    let last = 0;
    return Receiver.start((body) => {
      if (Date.now() - last < gap)
        return { status: 429, headers: { "retry-after": "1" }, text: "rate_limited" };
      last = Date.now();
      const fault = slackFault(body);
      return fault === undefined ? { status: 200, text: "ok" } : { status: 400, text: fault };
    });
  }

  /** PagerDuty's Events API v2, for one key. */
  static pagerDuty(key: string): Promise<Receiver> {
    return Receiver.start((body) => {
      const payload = (body.payload ?? {}) as Record<string, unknown>;
      const errors = [
        ...(body.routing_key === key ? [] : ["'routing_key' is invalid"]),
        ...(["trigger", "acknowledge", "resolve"].includes(String(body.event_action))
          ? []
          : ["'event_action' is invalid"]),
        ...(String(body.dedup_key).length <= 255 ? [] : ["'dedup_key' is too long"]),
        ...(body.event_action !== "trigger" ||
        ["summary", "source", "severity"].every((name) => payload[name])
          ? []
          : ["'payload' lacks what is required"]),
      ];
      return errors.length > 0
        ? {
            status: 400,
            text: JSON.stringify({ status: "invalid event", message: "Event object is invalid", errors }),
          }
        : {
            status: 202,
            text: JSON.stringify({
              status: "success",
              message: "Event processed",
              dedup_key: body.dedup_key,
            }),
          };
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
    const reply = this.reply(body);
    if (reply === "broken") {
      response.destroy();
      return;
    }
    if (reply.status < 300) {
      this.bodies.push(body);
      this.paths.push(request.url ?? "");
    }
    response.writeHead(reply.status, reply.headers ?? {}).end(reply.text ?? "");
  }
}

/** What Slack says of a message that it refuses; undefined when it takes it. */
export function slackFault(body: Record<string, unknown>): string | undefined {
  const { text, blocks } = body as { text?: unknown; blocks?: Record<string, unknown>[] };
  if (typeof text !== "string" || text === "") return "no_text";
  if (!Array.isArray(blocks) || blocks.length > 50) return "invalid_blocks";
  for (const block of blocks) {
    const own = block.text as { text: string } | undefined;
    const fields = (block.fields ?? []) as { text: string }[];
    if (block.type === "header" && (own?.text.length ?? 0) > 150) return "invalid_blocks";
    if (block.type === "section" && ((own?.text.length ?? 0) > 3000 || fields.length > 10))
      return "invalid_blocks";
    if (fields.some((field) => field.text.length > 2000 || field.text === "")) return "invalid_blocks";
  }
  return undefined;
}
