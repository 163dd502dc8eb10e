/** Finds many texts in another one at once: the time grows with the text, and hardly with how many are looked for. */
export class TextSearch {
  /** By their lengths, the longest first. */
  private readonly byLength: ReadonlyMap<number, ReadonlySet<string>>;
  private readonly shortest: number;

  /** All of them, for {@link findBeginning}. */
  private sorted: readonly string[] | undefined;

  /** The letters that they begin with, as many as the shortest has: at most places of a text none of them does. */
  private readonly starts: ReadonlySet<string>;

  /** Whether one of them may begin with some three letters, by {@link slotOf}: almost nowhere a text has to be cut out. */
  private readonly slots = new Uint8Array(SLOTS);

  /** @param texts - what is looked for; white space counts as one space, so that a line may end within it. */
  constructor(texts: Iterable<string>) {
    const all = [...new Set([...texts].map(squeeze))].filter((text) => text !== "");
    const byLength = new Map<number, Set<string>>();
    for (const text of all.sort((one, other) => other.length - one.length)) {
      const same = byLength.get(text.length) ?? new Set<string>();
      byLength.set(text.length, same.add(text));
    }
    const shortest = all.at(-1)?.length ?? 0;
    this.byLength = byLength;
    this.shortest = shortest;
    this.starts = new Set(all.map((text) => text.slice(0, shortest)));
    if (shortest < SLOT_LETTERS) this.slots.fill(1);
    else for (const start of this.starts) this.slots[slotOf(start, 0)] = 1;
  }

  /** Where the texts stand, by the offsets of a text; those that overlap or touch are one. */
  find(text: string): readonly Span[] {
    if (this.starts.size === 0 || text.length < this.shortest) return [];
    const { squeezed, offsets } = squeezedWithOffsets(text);
    const spans: { start: number; end: number }[] = [];
    for (let at = 0; at + this.shortest <= squeezed.length; at += 1) {
      if (this.slots[slotOf(squeezed, at)] === 0) continue;
      if (!this.starts.has(squeezed.substr(at, this.shortest))) continue;
      const length = this.longestAt(squeezed, at);
      if (length === 0) continue;
      const start = offsets === undefined ? at : (offsets[at] as number);
      const end = offsets === undefined ? at + length : (offsets[at + length - 1] as number) + 1;
      const last = spans.at(-1);
      if (last && start <= last.end) last.end = Math.max(last.end, end);
      else spans.push({ start, end });
    }
    return spans;
  }

  /** Where at the end of a text one of those that are looked for may have begun, of which more is to come. */
  findBeginning(text: string, shortest: number): number | undefined {
    const [longest = 0] = this.byLength.keys();
    this.sorted ??= [...this.byLength.values()].flatMap((same) => [...same]).sort(byUnits);
    const { squeezed, offsets } = squeezedWithOffsets(text.trimEnd());
    for (let at = Math.max(0, squeezed.length - longest); at + shortest <= squeezed.length; at += 1) {
      const beginning = squeezed.slice(at);
      if (firstFrom(this.sorted, beginning)?.startsWith(beginning)) return offsets?.[at] ?? at;
    }
    return undefined;
  }

  private longestAt(text: string, at: number): number {
    for (const [length, same] of this.byLength) if (same.has(text.substr(at, length))) return length;
    return 0;
  }
}

const SLOTS = 65_536;

const SLOT_LETTERS = 3;

/** A number below {@link SLOTS} of the three letters at a place. */
function slotOf(text: string, at: number): number {
  return (
    (text.charCodeAt(at) ^ (text.charCodeAt(at + 1) << 5) ^ (text.charCodeAt(at + 2) << 10)) & (SLOTS - 1)
  );
}

function byUnits(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** The first of some sorted texts that is not before another one. */
function firstFrom(sorted: readonly string[], text: string): string | undefined {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as string) < text) low = middle + 1;
    else high = middle;
  }
  return sorted[low];
}

/** A part of a text: from an offset up to before another one. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** White space, and the frame that Terraform draws beside the lines of an error, which it wraps at a space. */
const WHITE = /[\s│]+/g;

function squeeze(text: string): string {
  return text.trim().replaceAll(WHITE, " ");
}

/** A text with one space for all white space between words, and where each of its letters stood; none where it is the same. */
function squeezedWithOffsets(text: string): { squeezed: string; offsets?: Uint32Array } {
  if (!/[^\S ]|│| {2}/.test(text)) return { squeezed: text };
  const offsets = new Uint32Array(text.length);
  let squeezed = "";
  let last = 0;
  const take = (piece: string, from: number) => {
    for (let at = 0; at < piece.length; at += 1) offsets[squeezed.length + at] = from + at;
    squeezed += piece;
  };
  for (const { 0: white, index } of text.matchAll(WHITE)) {
    take(text.slice(last, index), last);
    take(" ", index);
    last = index + white.length;
  }
  take(text.slice(last), last);
  return { squeezed, offsets };
}
