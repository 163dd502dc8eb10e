import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** How a {@link FailingServer} fails. */
export interface Failing {
  /** Of ten requests in a row for its health, how many fail: the first ones. */
  readonly ofTen: number;

  /**
   * `status`: status 500; `health`: status 200, and a health that says so; `silence`: no answer.
   *
   * @default "status"
   */
  readonly how?: "status" | "health" | "silence";
}

/** A service on this machine that fails at a set rate, and counts its requests as prom-client does. */
export class FailingServer {
  #failing: Failing;
  #asked = 0;
  readonly #counted = { ok: 0, errors: 0 };
  readonly #server: Server;

  private constructor(failing: Failing) {
    this.#failing = failing;
    this.#server = createServer((request, answer) => {
      if (request.url === "/metrics") {
        answer.setHeader("content-type", "text/plain; version=0.0.4").end(this.metrics());
        return;
      }
      const fails = this.#asked++ % 10 < this.#failing.ofTen;
      const { how = "status" } = this.#failing;
      this.#counted[fails ? "errors" : "ok"]++;
      if (fails && how === "silence") return;
      if (fails && how === "status") answer.statusCode = 500;
      answer.setHeader("content-type", "application/json");
      answer.end(JSON.stringify({ status: fails ? "failing" : "ok" }));
    });
  }

  static async start(failing: Failing): Promise<FailingServer> {
    const started = new FailingServer(failing);
    await new Promise<void>((resolve) => started.#server.listen(0, "127.0.0.1", resolve));
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Requests for its health until now. */
  get asked(): number {
    return this.#asked;
  }

  /** From now on it fails otherwise, beginning a new ten. */
  set failing(failing: Failing) {
    this.#failing = failing;
    this.#asked = 0;
  }

  /** Requests that nobody checked: of users. */
  count(ok: number, errors: number): void {
    this.#counted.ok += ok;
    this.#counted.errors += errors;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  private metrics(): string {
    const { ok, errors } = this.#counted;
    return [
      "# HELP http_requests_total Requests by the status of their answer.",
      "# TYPE http_requests_total counter",
      `http_requests_total{method="GET",code="200"} ${ok}`,
      `http_requests_total{method="GET",code="404"} 3`,
      `http_requests_total{method="GET",code="500"} ${errors}`,
      "process_start_time_seconds 1767225600.25",
      "",
    ].join("\n");
  }
}
