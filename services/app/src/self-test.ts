import type { Log } from "./log";
import { AppServer } from "./server";
import type { Settings } from "./settings";

/** What is asked, and what each answer has to contain. */
const QUESTIONS: readonly (readonly [path: string, holds: string])[] = [
  ["/health", '"ok"'],
  ["/ready", '"ready"'],
  ["/version", '"version"'],
  ["/v1/reference?image=node:22", '"library/node"'],
  ["/metrics", 'http_requests_total{method="GET",route="/ready",code="200"} 1'],
];

/**
 * Starts the service, asks each route, and stops it: the build of the image runs this, so that what cannot start never
 * becomes an image.
 *
 * @throws Error that says which route answered wrongly.
 */
export async function selfTest(settings: Settings, log: Log): Promise<void> {
  const server = new AppServer({ ...settings, port: 0, errorRate: 0, latencyMs: 0 }, log);
  const port = await server.start();
  try {
    for (const [path, holds] of QUESTIONS) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      const body = await response.text();
      if (response.status === 200 && body.includes(holds)) continue;
      throw new Error(`${path} answered ${response.status} without ${holds}: ${body.slice(0, 200)}`);
    }
  } finally {
    await server.stop(0);
  }
}
