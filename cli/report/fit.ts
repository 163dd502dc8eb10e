import { joinMarkdown, type Markdown, md } from "./markup";
import { bytes } from "./text";

/** What fits into some bytes. */
export interface Fitted<T extends string> {
  readonly items: readonly T[];

  /** Number of items that did not fit: always the last ones. */
  readonly left: number;
}

/** The first items that fit, each whole. */
export function fit<T extends string>(items: readonly T[], limit: number): Fitted<T> {
  return fitMade(items.length, (at) => items[at] as T, limit);
}

/** The same with items that are made one by one, and none that comes after the limit. */
export function fitMade<T extends string>(count: number, make: (at: number) => T, limit: number): Fitted<T> {
  const items: T[] = [];
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
  private readonly parts: Markdown[] = [];
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
  add(part: Markdown, keep = 0): boolean {
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
    return joinMarkdown(
      this.parts.map((part) => md`${part}\n`),
      "\n",
    );
  }
}
