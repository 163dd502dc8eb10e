import { type Span, TextSearch } from "./mask-search";
import { Remembered } from "./remembered";

/** What stands in place of a secret. */
export const SENSITIVE = "(sensitive value)";

/** What stands in place of a secret that a plan changes. */
export const SENSITIVE_CHANGED = "(sensitive value, changed)";

/** Shortest secret that is looked for in other texts, in characters: a shorter one would hide half of them. */
export const SHORTEST = 6;

/** Shortest line of a secret of several lines that is looked for by itself. */
const SHORTEST_LINE = 16;

/**
 * Takes secrets out of texts. A secret is looked for from {@link SHORTEST} characters on, as it is and as it stands in JSON, in
 * Terraform's quotes, in a URL and in base64; white space counts as one space, so that a line may end within it.
 */
export class TextMask {
  private readonly texts = new Set<string>();
  private readonly words: Set<string>;
  private searches: Searches | undefined;

  /** @param words - that are never masked, but where one stands in quotes, as a value. */
  constructor(words: readonly string[] = []) {
    this.words = new Set(words);
  }

  /** Takes texts that are secret as a whole. */
  addTexts(texts: readonly string[]): this {
    for (const text of texts) this.addText(text);
    return this;
  }

  /** Takes words that are never masked, but where one stands in quotes, as a value. */
  keepWords(words: readonly string[]): this {
    for (const word of words) this.words.add(word);
    this.searches = undefined;
    return this;
  }

  /** A text without the secrets. One that is a word which is not masked is masked where it stands in quotes, as a value. */
  scrub(text: string): string {
    if (this.texts.size === 0) return text;
    const { secrets, words } = this.search();
    const spans = secrets.find(text);
    if (spans.length === 0) return text;
    const own = words.find(text);
    const isQuoted = ({ start, end }: Span) => text[start - 1] === '"' && text[end] === '"';
    return masked(
      text,
      spans.filter((span) => isQuoted(span) || !isWithin(span, own)),
    );
  }

  /** A text of which more is to come: what at its end may be the beginning of a secret is masked too. */
  scrubUnfinished(text: string): string {
    if (this.texts.size === 0) return this.scrub(text);
    const open = this.search().secrets.findBeginning(text, SHORTEST);
    return this.scrub(open === undefined ? text : `${text.slice(0, open)}${SENSITIVE}`);
  }

  /** Whether there is no secret. */
  protected get isEmpty(): boolean {
    return this.texts.size === 0;
  }

  /** Whether a whole text is a secret. */
  protected hasText(text: string): boolean {
    return this.texts.has(text);
  }

  /** A value that is a text, without the secrets: no word counts in it. */
  protected scrubText(text: string): string {
    const { secrets, scrubbed } = this.search();
    const known = scrubbed.get(text);
    if (known !== undefined) return known;
    const found = masked(text, secrets.find(text));
    scrubbed.set(text, found);
    return found;
  }

  private addText(text: string): void {
    if (text.trim().length < SHORTEST || text === SENSITIVE || text === SENSITIVE_CHANGED) return;
    this.searches = undefined;
    for (const form of formsOf(text)) this.texts.add(form);
    const lines = text.split("\n").map((line) => line.trim());
    if (lines.length > 1) for (const line of lines) if (line.length >= SHORTEST_LINE) this.texts.add(line);
  }

  private search() {
    this.searches ??= {
      secrets: new TextSearch(this.texts),
      words: new TextSearch(this.words),
      scrubbed: new Remembered(),
    };
    return this.searches;
  }
}

interface Searches {
  readonly secrets: TextSearch;
  readonly words: TextSearch;

  /** A plan has the same keys and values over and over. */
  readonly scrubbed: Remembered<string>;
}

function isWithin({ start, end }: Span, spans: readonly Span[]): boolean {
  return spans.some((span) => span.start <= start && end <= span.end);
}

function masked(text: string, spans: readonly Span[]): string {
  let rest = "";
  let last = 0;
  for (const { start, end } of spans) {
    rest += text.slice(last, start) + SENSITIVE;
    last = end;
  }
  return rest + text.slice(last);
}

/** A text as it is, and as it stands within JSON, Terraform's quotes, a URL, and base64. */
function formsOf(text: string): ReadonlySet<string> {
  const json = JSON.stringify(text).slice(1, -1);
  // As Terraform's jsonencode() writes it, and within a text of JSON that is in JSON itself.
  const encoded = json.replaceAll(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
  const url = percent(text);
  const forms = [
    text,
    json,
    encoded,
    JSON.stringify(json).slice(1, -1),
    JSON.stringify(encoded).slice(1, -1),
    // A pattern, for "$$" in what replaces a text is one sign only.
    text.replaceAll(/[$%](?={)/g, "$&$&"),
    json.replaceAll(/[$%](?={)/g, "$&$&"),
    url,
    url.replaceAll("%20", "+"),
    url.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    encodeURI(wellFormed(text)),
    encodeURIComponent(wellFormed(text)),
    ...base64Of(text),
  ];
  return new Set(forms);
}

/** Every sign percent-encoded that has a meaning in a URL, as Terraform's urlencode() does it. */
function percent(text: string): string {
  return encodeURIComponent(wellFormed(text)).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Half a surrogate pair cannot be encoded. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

/** What of a text is the same in base64 wherever in the encoded whole it begins, e.g. in `user:password`. */
function base64Of(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const forms = [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replaceAll("=", "");
    // The first signs hold bits of what is before, the last one of what follows.
    const start = [0, 2, 3][before];
    const end = (before + bytes.length) % 3 === 0 ? encoded.length : encoded.length - 1;
    const piece = encoded.slice(start, end);
    return [piece, piece.replaceAll("+", "-").replaceAll("/", "_")];
  });
  return forms.filter((form) => form.length >= SHORTEST);
}
