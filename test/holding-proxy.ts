import { openProxy } from "./cli/artifact/request-proxy";

/** A proxy of an emulator that holds some requests: what sent them stays at a known point for as long as a test needs. */
export interface HoldingProxy {
  readonly url: string;

  /** Requests that wait, or have waited. */
  readonly held: number;

  /** Lets them go on, and all that come later; those whose sender has ended are dropped. */
  release(): void;

  /** Ends it, and lets nothing go on. */
  close(): void;
}

/**
 * Starts such a proxy.
 *
 * @param to - URL of the emulator.
 * @param holds - whether a request waits, by the operation of AWS's JSON protocols and what it says; of the other
 *   protocols, by its method and path instead of the operation, e.g. `PUT /bucket/key`.
 */
export async function openHoldingProxy(
  to: string,
  holds: (operation: string, body: string) => boolean,
): Promise<HoldingProxy> {
  let held = 0;
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const proxy = await openProxy(to, async ({ headers, method, url, socket }, body) => {
    const [, operation = `${method} ${url}`] = String(headers["x-amz-target"]).split(".");
    if (!holds(operation, body.toString())) return { body };
    held += 1;
    await released;
    return socket.destroyed ? { body, cut: "before" } : { body };
  });
  return {
    url: proxy.url,
    get held() {
      return held;
    },
    release,
    close: proxy.close,
  };
}
