import { bytes } from "./text";

/** What fits into some bytes. */
export interface Fitted {
  readonly items: readonly string[];

  /** Number of items that did not fit: always the last ones. */
  readonly left: number;
}

/** The first items that fit, each whole. */
export function fit(items: readonly string[], limit: number): Fitted {
  return fitMade(items.length, (at) => items[at] ?? "", limit);
}

/** The same with items that are made one by one, and none that comes after the limit. */
export function fitMade(count: number, make: (at: number) => string, limit: number): Fitted {
  const items: string[] = [];
  let size = 0;
  while (items.length < count) {
    const item = make(items.length);
    size += bytes(item) + 1;
    if (size > limit) break;
    items.push(item);
  }
  return { items, left: count - items.length };
}

/** A page of limited size that is filled from the top. */
export class Page {
  private readonly parts: string[] = [];
  private used = 0;

  /** @param limit - bytes of the whole page, in UTF-8. */
  constructor(private readonly limit: number) {}

  /** Bytes that are left. */
  get room(): number {
    return this.limit - this.used;
  }

  /**
   * Adds a part with an empty line behind it, when there is room for it.
   *
   * @param keep - bytes that have to be left behind it.
   */
  add(part: string, keep = 0): boolean {
    const size = bytes(part) + 2;
    if (size > this.room - keep) return false;
    this.parts.push(part);
    this.used += size;
    return true;
  }

  /** Keeps some bytes for what comes last. */
  reserve(size: number): () => void {
    this.used += size;
    return () => {
      this.used -= size;
    };
  }

  /** The page. */
  toString(): string {
    return this.parts.map((part) => `${part}\n`).join("\n");
  }
}
