/** Tells whoever reads a control plane's state that it may have changed. */
export class Changes {
  private readonly listeners: (() => void)[] = [];

  note(): void {
    for (const listener of this.listeners) listener();
  }

  /** @param listener - called at once. */
  on(listener: () => void): void {
    this.listeners.push(listener);
  }
}
