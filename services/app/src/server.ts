import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "./log";
import { Metrics } from "./metrics";
import { type Answer, answer, isProbe } from "./routes";
import type { Settings } from "./settings";

/**
 * Milliseconds that requests under way have to end. The pod has 30 seconds to stop, and sleeps 5 of them before it is told.
 */
const GRACE = 20_000;

/** The service over HTTP. */
export class AppServer {
  private readonly metrics = new Metrics();
  private readonly server: Server;
  private isReady = false;

  constructor(
    private readonly settings: Settings,
    private readonly log: Log,
    private readonly random: () => number = Math.random,
  ) {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  /** Listens. @returns the port, which is another than the setting when that is 0. */
  async start(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(this.settings.port, resolve);
    });
    this.isReady = true;
    const { port } = this.server.address() as AddressInfo;
    this.log.info("listening", { port });
    return port;
  }

  /** Takes no more connections, and ends when the requests under way have. */
  async stop(grace: number = GRACE): Promise<void> {
    this.isReady = false;
    this.log.info("stopping");
    const closed = new Promise<void>((resolve) => void this.server.close(() => resolve()));
    this.server.closeIdleConnections();
    const timer = setTimeout(() => {
      this.log.warn("requests were cut off", { afterMs: grace });
      this.server.closeAllConnections();
    }, grace);
    await closed;
    clearTimeout(timer);
    this.log.info("stopped");
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const start = performance.now();
    const { method = "GET" } = request;
    let answered: Answer;
    let path = "";
    try {
      const url = new URL(request.url ?? "/", "http://service");
      path = url.pathname;
      if (!isProbe(path) && this.settings.latencyMs > 0) {
        // A request that is cut off keeps nothing alive.
        await sleep(this.settings.latencyMs, undefined, { ref: false });
      }
      answered = await answer(method, url, {
        settings: this.settings,
        metrics: this.metrics,
        isReady: () => this.isReady,
        random: this.random,
      });
    } catch (error) {
      this.log.error("a request failed", { error: error instanceof Error ? error.stack : String(error) });
      answered = {
        route: "other",
        code: 500,
        type: "application/json",
        body: '{"message":"internal error"}\n',
      };
    }
    const { route, code, type, body } = answered;
    response.writeHead(code, {
      "content-type": type,
      "content-length": Buffer.byteLength(body),
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      // What is kept alive would come back to a server that stops.
      ...(this.isReady ? {} : { connection: "close" }),
    });
    response.end(method === "HEAD" ? undefined : body);
    const seconds = (performance.now() - start) / 1000;
    this.metrics.note({ method, route, code, seconds });
    const fields = { method, path, code, ms: Math.round(seconds * 1000) };
    if (code >= 500 && code !== 503) this.log.error("answered", fields);
    else if (isProbe(path)) this.log.debug("answered", fields);
    else this.log.info("answered", fields);
  }
}
