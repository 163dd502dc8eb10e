import { setTimeout as sleep } from "node:timers/promises";

/**
 * Milliseconds for which running requests are waited for. A poll of a queue takes longer, and a function that is called
 * by an API may itself call AWS, which is held: neither is waited for to its end.
 */
const PATIENCE = 2000;

/** Holds requests while something needs the gateway for itself. */
export class Gate {
  private running = 0;
  private closed: Promise<unknown> | undefined;

  /** @param patience - milliseconds for which running requests are waited for. */
  constructor(private readonly patience = PATIENCE) {}

  /** Waits until the gate is open. @returns what is called when the request was answered. */
  async enter(): Promise<() => void> {
    while (this.closed) await this.closed.catch(() => undefined);
    this.running += 1;
    return () => {
      this.running -= 1;
    };
  }

  /** Does something while no request begins; those that run are waited for, but not for long. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    while (this.closed) await this.closed.catch(() => undefined);
    const done = this.quiet().then(work);
    this.closed = done;
    try {
      return await done;
    } finally {
      this.closed = undefined;
    }
  }

  private async quiet(): Promise<void> {
    for (const begun = Date.now(); this.running > 0 && Date.now() - begun < this.patience; ) await sleep(10);
  }
}
