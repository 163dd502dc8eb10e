import { isArray, isObject, type Json } from "../input/json";
import type { ChangeJson, PlanJson } from "./plan-json";

/** Shorter texts are not looked for: they would be found everywhere. */
const SHORTEST = 8;

/** What stands in place of a secret. */
const MASK = "(sensitive value)";

/**
 * The secrets of a plan, to be kept out of what is said about it.
 *
 * Terraform marks where a secret stands, and those places are never shown. The same text can also turn up in
 * a place that is not marked, e.g. in a provider's error or in an attribute computed from it.
 */
export class Secrets {
  private readonly texts: readonly string[];

  constructor(plan: PlanJson | undefined) {
    const found = new Set<string>();
    const changes: readonly ChangeJson[] = [
      ...(plan?.resource_changes ?? []).map(({ change }) => change),
      ...(plan?.resource_drift ?? []).map(({ change }) => change),
      ...Object.values(plan?.output_changes ?? {}),
    ];
    for (const { before, after, before_sensitive, after_sensitive } of changes) {
      collect(before, before_sensitive, found);
      collect(after, after_sensitive, found);
    }
    // The longest first, so that a secret within another leaves nothing of it.
    this.texts = [...found]
      .filter((text) => !text.startsWith(MASK.slice(0, -1)))
      .sort((a, b) => b.length - a.length);
  }

  /** A text without secrets. */
  readonly mask = (text: string): string => {
    return this.texts.reduce(
      (rest, secret) => (rest.includes(secret) ? rest.replaceAll(secret, MASK) : rest),
      text,
    );
  };
}

/** Every text below a mark. */
function collect(value: Json | undefined, mark: Json | undefined, into: Set<string>): void {
  if (mark === undefined || mark === false || mark === null || value === undefined) return;
  if (typeof value === "string") {
    if (mark !== true || value.length < SHORTEST) return;
    into.add(value);
    // As it stands in a line of a diff.
    into.add(JSON.stringify(value).slice(1, -1));
    return;
  }
  if (isArray(value)) {
    for (const [at, each] of value.entries()) collect(each, isArray(mark) ? mark[at] : mark, into);
  } else if (isObject(value)) {
    for (const [key, each] of Object.entries(value)) collect(each, isObject(mark) ? mark[key] : mark, into);
  }
}
