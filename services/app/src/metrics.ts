import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";

/** One request that was answered. */
export interface Answered {
  readonly method: string;

  /** Path of the route and not of the request, so that there are few of them. */
  readonly route: string;
  readonly code: number;
  readonly seconds: number;
}

/** What `/metrics` answers. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests = new Counter({
    name: "http_requests_total",
    help: "Requests that were answered, by method, route and status code.",
    labelNames: ["method", "route", "code"],
    registers: [this.registry],
  });
  private readonly durations = new Histogram({
    name: "http_request_duration_seconds",
    help: "Time from a request to the end of its answer.",
    labelNames: ["method", "route", "code"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  note({ method, route, code, seconds }: Answered): void {
    const labels = { method, route, code };
    this.requests.inc(labels);
    this.durations.observe(labels, seconds);
  }

  /** The text of Prometheus, and its media type. */
  async text(): Promise<{ readonly type: string; readonly body: string }> {
    return { type: this.registry.contentType, body: await this.registry.metrics() };
  }
}
