import type { Metrics } from "./metrics";
import { readReference } from "./reference";
import type { Settings } from "./settings";

/** An answer, and the route by which it is counted. */
export interface Answer {
  readonly route: string;
  readonly code: number;
  readonly type: string;
  readonly body: string;
}

/** What the routes know. */
export interface Context {
  readonly settings: Settings;
  readonly metrics: Metrics;

  /** Whether new requests may come: not before the server listens, nor after it was told to stop. */
  isReady(): boolean;

  /** A number from 0 to 1. */
  random(): number;
}

/** Routes that ask how the service is: the set error rate and latency leave them alone. */
const PROBES: readonly string[] = ["/health", "/ready", "/metrics"];

/** Whether a path is one of those that probes and Prometheus ask for. */
export function isProbe(path: string): boolean {
  return PROBES.includes(path);
}

/** Answers a request. */
export async function answer(method: string, url: URL, context: Context): Promise<Answer> {
  const { settings, metrics } = context;
  const route = url.pathname;
  if (method !== "GET" && method !== "HEAD") return json("other", 405, { message: "use GET" });
  if (!isProbe(route) && context.random() < settings.errorRate) {
    return json(route === "/version" || route === "/" ? route : "other", 500, { message: "ERROR_RATE" });
  }
  switch (route) {
    case "/health":
      return json(route, 200, { status: "ok" });
    case "/ready":
      return context.isReady()
        ? json(route, 200, { status: "ready" })
        : json(route, 503, { status: "stopping" });
    case "/metrics":
      return { route, code: 200, ...(await metrics.text()) };
    case "/":
    case "/version":
      return json(route, 200, { version: settings.version, environment: settings.environment });
    case "/v1/reference":
      return reference(route, url.searchParams.get("image") ?? "");
    default:
      return json("other", 404, { message: "use /version, or /v1/reference?image=<reference>" });
  }
}

function reference(route: string, text: string): Answer {
  const read = readReference(text);
  return read
    ? json(route, 200, read)
    : json(route, 400, { message: `image is ${JSON.stringify(text.slice(0, 100))}: use e.g. node:22` });
}

function json(route: string, code: number, body: object): Answer {
  return { route, code, type: "application/json", body: `${JSON.stringify(body)}\n` };
}
