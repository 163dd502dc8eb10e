import { setTimeout as sleep } from "node:timers/promises";
import { KubernetesFault } from "../cli/kubernetes/client";

/**
 * Waits until something is so, and returns it; else fails with what was seen last. What passes by itself may come and go
 * between two looks: hold it first, or watch it (argocd/object-watch.ts).
 */
export async function until<T>(
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
  limit = 600_000,
): Promise<T> {
  const end = Date.now() + limit;
  for (;;) {
    const seen = await look().catch((error: unknown) => {
      // An API that is too busy to answer now answers later.
      if (error instanceof KubernetesFault && error.passing && Date.now() < end) return undefined;
      throw error;
    });
    if (seen !== undefined && holds(seen)) return seen;
    if (Date.now() > end) throw new Error(`not so within ${limit} ms: ${JSON.stringify(seen, null, 2)}`);
    await sleep(500);
  }
}
