import { createServer, type Server, type ServerResponse } from "node:http";
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

  /** By a part of the address: how many more requests are answered, and those that wait. */
  readonly #held = new Map<string, { remaining: number; readonly waiting: Set<() => void> }>();

  private constructor(failing: Failing) {
    this.#failing = failing;
    this.#server = createServer((request, answer) => {
      if (request.url === "/metrics") {
        answer.setHeader("content-type", "text/plain; version=0.0.4").end(this.metrics());
        return;
      }
      this.holdOr(request.url ?? "", answer, () => this.answer(answer));
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

  /**
   * Holds requests for its health, so that what asks stays where it is until {@link release}.
   *
   * @param part - of the address of those that are held, e.g. "/50/".
   * @param after - how many of them are answered before.
   */
  hold(part: string, after: number): void {
    this.#held.set(part, { remaining: after, waiting: new Set() });
  }

  /** Answers what is held, and holds it no more. @param part - given to {@link hold}; without it, all. */
  release(part?: string): void {
    for (const [held, { waiting }] of [...this.#held]) {
      if (part !== undefined && part !== held) continue;
      this.#held.delete(held);
      for (const answer of waiting) answer();
    }
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

  private holdOr(url: string, answer: ServerResponse, proceed: () => void): void {
    const held = [...this.#held].find(([part]) => url.includes(part))?.[1];
    if (held === undefined || held.remaining-- > 0) {
      proceed();
      return;
    }
    held.waiting.add(proceed);
    // Who has gone needs no answer, and counts as nobody.
    answer.on("close", () => held.waiting.delete(proceed));
  }

  private answer(answer: ServerResponse): void {
    const fails = this.#asked++ % 10 < this.#failing.ofTen;
    const { how = "status" } = this.#failing;
    this.#counted[fails ? "errors" : "ok"]++;
    if (fails && how === "silence") return;
    if (fails && how === "status") answer.statusCode = 500;
    answer.setHeader("content-type", "application/json");
    answer.end(JSON.stringify({ status: fails ? "failing" : "ok" }));
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
