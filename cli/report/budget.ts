import { bytes } from "./text";

/** What fits into some bytes. */
export interface Fitted {
  readonly items: readonly string[];

  /** Number of items that did not fit: always the last ones. */
  readonly left: number;

  /** Bytes of those that fit, with a line break behind each. */
  readonly size: number;
}

/** The first items that fit, each whole. */
export function fit(items: readonly string[], limit: number): Fitted {
  let size = 0;
  let count = 0;
  for (const item of items) {
    const next = size + bytes(item) + 1;
    if (next > limit) break;
    size = next;
    count++;
  }
  return { items: items.slice(0, count), left: items.length - count, size };
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

  /** Adds a part with an empty line behind it, when there is room for it. */
  add(part: string): boolean {
    const size = bytes(part) + 2;
    if (size > this.room) return false;
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
