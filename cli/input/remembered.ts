/** Most texts that are remembered, and the longest, in characters: 20 MB at the most. */
const MOST = 5_000;
const LONGEST = 2_000;

/** What was made of texts that come again and again. It forgets all when it is full, so that it stays small. */
export class Remembered<T> {
  private readonly known = new Map<string, T>();

  get(text: string): T | undefined {
    return this.known.get(text);
  }

  set(text: string, value: T): void {
    if (text.length > LONGEST) return;
    if (this.known.size >= MOST) this.known.clear();
    this.known.set(text, value);
  }
}
