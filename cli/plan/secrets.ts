import { exactNumber } from "../input/exact-numbers";
import { at, isArray, isObject, type Json } from "../input/json";
import { type Span, TextSearch } from "./mask-search";
import type { ResourceChangeJson } from "./plan-json";
import type { RawModule, RawPlan } from "./raw";
import { maskOf, SENSITIVE, SENSITIVE_CHANGED } from "./redact";

/** Shortest secret that is looked for in other texts, in characters: a shorter one would hide half of them. */
const SHORTEST = 6;

/** Shortest line of a secret of several lines that is looked for by itself. */
const SHORTEST_LINE = 16;

/**
 * The secrets of a plan: what Terraform marks as sensitive may stand in clear where a provider has copied it,
 * e.g. from `tags` to `tags_all`, or in the text of an error. Everything that Groundplan writes or prints of a plan goes
 * through this one class.
 *
 * A secret is looked for from {@link SHORTEST} characters on, as it is and as it stands in JSON, in Terraform's quotes, in a
 * URL and in base64. Words of Terraform's own, such as actions, types and addresses, are never masked.
 */
export class Secrets {
  private readonly texts = new Set<string>();
  private readonly words = new Set<string>(OWN_WORDS);
  private searches: { readonly secrets: TextSearch; readonly words: TextSearch } | undefined;

  /** Takes every text that a plan marks as sensitive. */
  addPlan(plan: RawPlan): this {
    for (const resource of [...(plan.resource_changes ?? []), ...(plan.resource_drift ?? [])]) {
      const { change, type } = resource;
      const mask = maskOf(change);
      for (const value of [change.before, change.after]) this.addObject(value, mask, type);
      this.addWords(resource);
    }
    for (const [name, change] of Object.entries(plan.output_changes ?? {})) {
      const mask = maskOf(change);
      for (const value of [change.before, change.after]) this.add(value, mask);
      this.addWord(name);
    }
    for (const values of [plan.prior_state?.values, plan.planned_values]) {
      if (values?.root_module) this.addModule(values.root_module);
      for (const { sensitive, value } of Object.values(values?.outputs ?? {})) this.add(value, sensitive);
    }
    const declared = plan.configuration?.root_module?.variables ?? {};
    for (const [name, { value }] of Object.entries(plan.variables ?? {})) {
      this.add(value, declared[name]?.sensitive === true);
    }
    return this;
  }

  /** Takes texts that are secret as a whole. */
  addTexts(texts: readonly string[]): this {
    for (const text of texts) this.add(text, true);
    return this;
  }

  /** A text without the secrets. One that is a word of Terraform's own is masked where it stands in quotes, as a value. */
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

  /** A value of which no text, keys too, has a secret. */
  scrubValue(value: Json): Json {
    if (this.texts.size === 0) return value;
    const { secrets } = this.search();
    const scrub = (text: string) => masked(text, secrets.find(text));
    const walk = (item: Json): Json => {
      const exact = exactNumber(item);
      if (exact !== undefined) return this.texts.has(exact) ? SENSITIVE : item;
      if (typeof item === "string") return scrub(item);
      if (typeof item === "number") return this.texts.has(String(item)) ? SENSITIVE : item;
      if (isArray(item)) return item.map(walk);
      if (!isObject(item)) return item;
      return Object.fromEntries(distinct(Object.entries(item).map(([key, one]) => [scrub(key), walk(one)])));
    };
    return walk(value);
  }

  /** A document of Groundplan's own, e.g. a failure, of which no text has a secret. */
  scrubAll<T>(value: T): T {
    const walk = (item: unknown): unknown => {
      if (typeof item === "string") return this.scrub(item);
      if (Array.isArray(item)) return item.map(walk);
      if (typeof item !== "object" || item === null) return item;
      return Object.fromEntries(Object.entries(item).map(([key, one]) => [key, walk(one)]));
    };
    return walk(value) as T;
  }

  private search() {
    this.searches ??= { secrets: new TextSearch(this.texts), words: new TextSearch(this.words) };
    return this.searches;
  }

  private addModule(module: RawModule): void {
    for (const { values, sensitive_values: mask, type } of module.resources ?? []) {
      this.addObject(values, mask, type);
    }
    for (const child of module.child_modules ?? []) this.addModule(child);
  }

  private addWords({
    address,
    previous_address,
    module_address,
    type,
    name,
    provider_name,
  }: ResourceChangeJson) {
    for (const word of [address, previous_address, module_address, type, name, provider_name])
      if (word !== undefined) this.addWord(word);
  }

  private addWord(word: string): void {
    this.words.add(word);
    this.searches = undefined;
  }

  /** A parameter that is no secret has its value twice: as `value`, which is marked, and in clear. */
  private addObject(values: unknown, mask: unknown, type: string): void {
    const twin =
      mask !== true &&
      type === "aws_ssm_parameter" &&
      at(mask, "insecure_value") !== true &&
      at(values, "insecure_value");
    if (typeof twin !== "string" || twin === "" || typeof values !== "object" || values === null) {
      this.add(values, mask);
      return;
    }
    for (const [key, value] of Object.entries(values)) {
      if (key !== "value" || value !== twin) this.add(value, at(mask, key));
    }
  }

  private add(value: unknown, mask: unknown): void {
    if (mask === undefined || mask === null || mask === false) return;
    if (typeof value === "string" || typeof value === "number") {
      if (mask === true) this.addText(exactNumber(value) ?? String(value));
    } else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) this.add(item, mask === true ? true : at(mask, key));
    }
  }

  private addText(text: string): void {
    if (text.trim().length < SHORTEST || text === SENSITIVE || text === SENSITIVE_CHANGED) return;
    this.searches = undefined;
    for (const form of formsOf(text)) this.texts.add(form);
    const lines = text.split("\n").map((line) => line.trim());
    if (lines.length > 1) for (const line of lines) if (line.length >= SHORTEST_LINE) this.texts.add(line);
  }
}

/** What Terraform itself says of a plan. */
const OWN_WORDS = [
  "create created creating delete deleted deleting destroy destroyed destroying update updated updating replace replaced",
  "replacement forget import imported importing resource resources module provider output outputs changed changes unchanged",
  "sensitive Terraform OpenTofu planned in-place no-op managed deposed default",
].flatMap((words) => words.split(" "));

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

/** Entries whose keys are told apart: two secrets as keys are two entries. */
function distinct(entries: readonly (readonly [string, Json])[]): readonly (readonly [string, Json])[] {
  const seen = new Map<string, number>();
  return entries.map(([key, value]) => {
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return [count === 1 ? key : `${key} ${count}`, value];
  });
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
    text.replaceAll("${", "$${").replaceAll("%{", "%%{"),
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
