import { isDeepStrictEqual } from "node:util";
import type { RawChange, RawModule, RawPlan } from "./raw";
import { SENSITIVE, SENSITIVE_CHANGED } from "./result";

/** Shortest secret that is looked for in other texts, in characters: a shorter one would hide half of them. */
const SHORTEST = 6;

/** Shortest line of a secret of several lines that is looked for by itself. */
const SHORTEST_LINE = 16;

/** A change with its secrets taken out, on both sides where one side says so. */
export function redactChange(change: RawChange): RawChange {
  const mask = union(change.before_sensitive, change.after_sensitive);
  return {
    ...change,
    ...("before" in change ? { before: redact(change.before, mask, undefined) } : {}),
    ...("after" in change ? { after: redact(change.after, mask, change.before) } : {}),
  };
}

/** @param other - value of the other side, to say whether a secret changes. */
function redact(value: unknown, mask: unknown, other: unknown): unknown {
  if (mask === true) {
    if (value === null || value === undefined) return value;
    const same = other === undefined || other === null || isDeepStrictEqual(value, other);
    return same ? SENSITIVE : SENSITIVE_CHANGED;
  }
  if (typeof value !== "object" || value === null || typeof mask !== "object" || mask === null) return value;
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => redact(item, at(mask, index), at(other, index)));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, redact(item, at(mask, key), at(other, key))]),
  );
}

/** What is sensitive by one mask or the other. */
function union(one: unknown, other: unknown): unknown {
  if (one === true || other === true) return true;
  if (typeof one !== "object" || one === null) return other;
  if (typeof other !== "object" || other === null) return one;
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  const merged = Object.fromEntries(keys.map((key) => [key, union(at(one, key), at(other, key))]));
  return Array.isArray(one) && Array.isArray(other)
    ? Object.assign(new Array(Math.max(one.length, other.length)).fill(false), merged)
    : merged;
}

function at(value: unknown, key: string | number): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string | number, unknown>>)[key]
    : undefined;
}

/**
 * The secrets of a plan: what Terraform marks as sensitive may stand in clear where a provider has copied it,
 * e.g. from `tags` to `tags_all`, or in the text of an error.
 */
export class Secrets {
  private readonly texts = new Set<string>();

  /** The texts, the longest first: a secret within another leaves nothing of it. */
  private ordered: readonly Searched[] | undefined;

  /** Takes every text that a plan marks as sensitive. */
  addPlan(plan: RawPlan): this {
    for (const { change, type } of [...(plan.resource_changes ?? []), ...(plan.resource_drift ?? [])]) {
      const mask = union(change.before_sensitive, change.after_sensitive);
      for (const value of [change.before, change.after]) this.addObject(value, mask, type);
    }
    for (const change of Object.values(plan.output_changes ?? {})) {
      const mask = union(change.before_sensitive, change.after_sensitive);
      for (const value of [change.before, change.after]) this.add(value, mask);
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

  /** A text without the secrets. */
  scrub(text: string): string {
    let clean = text;
    this.ordered ??= [...this.texts].sort((one, other) => other.length - one.length).map(searched);
    for (const { text: secret, wrapped } of this.ordered) {
      if (clean.includes(secret)) clean = clean.replaceAll(secret, SENSITIVE);
      if (wrapped && clean.includes(wrapped.first)) clean = clean.replaceAll(wrapped.pattern, SENSITIVE);
    }
    return clean;
  }

  /** A document whose texts, keys too, are without the secrets. */
  scrubAll<T>(value: T): T {
    if (this.texts.size === 0) return value;
    const walk = (item: unknown): unknown => {
      if (typeof item === "string") return this.scrub(item);
      if (typeof item === "number") return this.texts.has(String(item)) ? SENSITIVE : item;
      if (Array.isArray(item)) return item.map(walk);
      if (typeof item !== "object" || item === null) return item;
      return Object.fromEntries(Object.entries(item).map(([key, one]) => [this.scrub(key), walk(one)]));
    };
    return walk(value) as T;
  }

  private addModule(module: RawModule): void {
    for (const { values, sensitive_values: mask, type } of module.resources ?? []) {
      this.addObject(values, mask, type);
    }
    for (const child of module.child_modules ?? []) this.addModule(child);
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
      if (mask === true) this.addText(String(value));
    } else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) this.add(item, mask === true ? true : at(mask, key));
    }
  }

  private addText(text: string): void {
    if (text.trim().length < SHORTEST) return;
    this.ordered = undefined;
    for (const form of formsOf(text)) this.texts.add(form);
    const lines = text.split("\n").map((line) => line.trim());
    if (lines.length > 1) for (const line of lines) if (line.length >= SHORTEST_LINE) this.texts.add(line);
  }
}

/** A secret as it is looked for. */
interface Searched {
  readonly text: string;

  /** Of a text of several words, its first one, and all of it wherever a line ends between them. */
  readonly wrapped?: { readonly first: string; readonly pattern: RegExp };
}

/** Terraform wraps the lines of an error at a space, and draws a frame beside them. */
function searched(text: string): Searched {
  const words = text.trim().split(/\s+/);
  const [first = ""] = words;
  if (words.length < 2 || words.length > MOST_WORDS) return { text };
  const pattern = words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("[\\s│]+");
  return { text, wrapped: { first, pattern: new RegExp(pattern, "g") } };
}

/** Words of the longest secret that is looked for in wrapped lines; one of more lines is looked for line by line. */
const MOST_WORDS = 200;

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

/** Shortest piece of base64 that is looked for. */
const SHORTEST_BASE64 = 6;

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
  return forms.filter((form) => form.length >= SHORTEST_BASE64);
}
