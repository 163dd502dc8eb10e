import { isArray, isObject, type Json } from "../input/json";
import { SENSITIVE, SHORTEST } from "../input/text-mask";
import { wildcard } from "../input/wildcard";
import type { ChangeJson, ResourceChangeJson } from "./plan-json";
import type { RawModule, RawPlan } from "./raw";
import { unionOf } from "./redact";

/**
 * Names whose values are masked though nobody marked them as sensitive: those of `--mask` and of the setting `mask`, with
 * `*` for any text, in capitals or not.
 *
 * A name is that of an attribute, a variable or an output, of a key in a map or in JSON, and of what stands beside a
 * `value`: `{ name = "DB_PASSWORD", value = "…" }`.
 */
export class MaskedNames {
  private readonly expression: RegExp | undefined;

  constructor(patterns: readonly string[] = []) {
    const all = patterns.map((one) => wildcard(one));
    this.expression = all.length > 0 ? new RegExp(`^(?:${all.join("|")})$`, "is") : undefined;
  }

  get isEmpty(): boolean {
    return this.expression === undefined;
  }

  has(name: string): boolean {
    return this.expression?.test(name) ?? false;
  }

  /** A plan in which every value of such a name is marked as Terraform marks what is sensitive. */
  mark(plan: RawPlan): RawPlan {
    if (this.isEmpty) return plan;
    const change = (one: ChangeJson, name?: string): ChangeJson => this.markChange(one, name);
    const resource = (one: ResourceChangeJson) => ({ ...one, change: change(one.change) });
    const { resource_changes, resource_drift, output_changes, deferred_changes } = plan;
    return {
      ...plan,
      ...(resource_changes ? { resource_changes: resource_changes.map(resource) } : {}),
      ...(resource_drift ? { resource_drift: resource_drift.map(resource) } : {}),
      ...(output_changes
        ? {
            output_changes: Object.fromEntries(
              Object.entries(output_changes).map(([name, one]) => [name, change(one, name)]),
            ),
          }
        : {}),
      ...(deferred_changes
        ? {
            deferred_changes: deferred_changes.map((one) => ({
              ...one,
              resource_change: resource(one.resource_change),
            })),
          }
        : {}),
    };
  }

  /** Every text that stands under such a name in a value. */
  textsIn(value: unknown): readonly string[] {
    if (this.isEmpty) return [];
    const found: string[] = [];
    const walk = (item: unknown, isNamed: boolean): void => {
      if (typeof item === "string") {
        if (isNamed) found.push(item);
        else walk(jsonIn(item), false);
      } else if (typeof item === "number") {
        if (isNamed) found.push(String(item));
      } else if (typeof item === "object" && item !== null) {
        const pair = this.isPair(item as Json);
        for (const [key, one] of Object.entries(item)) {
          walk(one, isNamed || (!Array.isArray(item) && this.has(key)) || (pair && key === "value"));
        }
      }
    };
    walk(value, false);
    return found;
  }

  /** Every text under such a name in the values of a plan: variables, outputs, and what the state has. */
  textsOf(plan: RawPlan): readonly string[] {
    if (this.isEmpty) return [];
    const outputs = (values: { readonly outputs?: Readonly<Record<string, { readonly value?: unknown }>> }) =>
      Object.fromEntries(Object.entries(values.outputs ?? {}).map(([name, { value }]) => [name, value]));
    const modules = (module: RawModule): readonly unknown[] => [
      ...(module.resources ?? []).map(({ values }) => values),
      ...(module.child_modules ?? []).flatMap(modules),
    ];
    const changes = [...(plan.resource_changes ?? []), ...(plan.resource_drift ?? [])].map(
      ({ change }) => change,
    );
    return this.textsIn([
      ...changes.flatMap(({ before, after }) => [before, after]),
      ...Object.entries(plan.output_changes ?? {}).flatMap(([name, { before, after }]) => [
        { [name]: before },
        { [name]: after },
      ]),
      ...[plan.prior_state?.values, plan.planned_values].flatMap((values) =>
        values ? [outputs(values), ...(values.root_module ? modules(values.root_module) : [])] : [],
      ),
      Object.fromEntries(Object.entries(plan.variables ?? {}).map(([name, { value }]) => [name, value])),
    ]);
  }

  /** A text of Terraform's without what it shows as the value of such a name: `password = "…"`, also over several lines. */
  scrubLines(text: string): string {
    if (this.isEmpty) return text;
    const kept: string[] = [];
    let end: RegExp | undefined;
    let pair: string | undefined;
    for (const line of text.split("\n")) {
      if (end) {
        if (end.test(line)) end = undefined;
        continue;
      }
      const [, head = "", quote = "", name = "", sign = "", value = "", tail = ""] = SHOWN.exec(line) ?? [];
      const isShown = sign === "=" || quote !== "" || /^["\d]/.test(value);
      const indent = /^\s*/.exec(line)?.[0] ?? "";
      if (pair !== undefined && indent.length < pair.length) pair = undefined;
      const isValue = name === "value" && indent === pair;
      // Terraform shows attributes by their names: what gives the value its name comes first.
      if ((name === "name" || name === "key") && this.has(value.replaceAll('"', ""))) pair = indent;
      if (name === "" || !isShown || !(this.has(name) || isValue) || OWN_VALUES.test(value)) {
        kept.push(line);
        continue;
      }
      kept.push(`${head}${SENSITIVE}${tail}`);
      end = endOf(value, head);
    }
    return kept.join("\n");
  }

  private markChange(change: ChangeJson, name?: string): ChangeJson {
    const mark = (value: Json | undefined, own: Json | undefined): Json | undefined =>
      value === undefined
        ? own
        : unionOf(own, this.markOf(name === undefined ? value : { [name]: value }, name));
    const { before, after, before_sensitive, after_sensitive } = change;
    const marks = {
      before_sensitive: mark(before, before_sensitive),
      after_sensitive: mark(after, after_sensitive),
    };
    return {
      ...change,
      ...Object.fromEntries(Object.entries(marks).filter(([, one]) => one !== undefined)),
    };
  }

  /** Where in a value such names are, as marks of its shape. @param inside - the key whose mark is asked for. */
  private markOf(value: Json, inside?: string): Json | undefined {
    const found = this.marksIn(value);
    return inside === undefined ? found : isObject(found) ? found[inside] : undefined;
  }

  private marksIn(value: Json): Json | undefined {
    if (typeof value === "string") {
      // A text that is too short to be found within another one.
      const texts = this.textsIn(jsonIn(value));
      return texts.some((text) => text !== "" && text.trim().length < SHORTEST) ? true : undefined;
    }
    if (isArray(value)) {
      const items = value.map((item) => this.marksIn(item));
      return items.every((item) => item === undefined) ? undefined : items.map((item) => item ?? false);
    }
    if (!isObject(value)) return undefined;
    const pair = this.isPair(value);
    const entries = Object.entries(value).flatMap(([key, item]): [string, Json][] => {
      const mark = this.has(key) || (pair && key === "value") ? true : this.marksIn(item);
      return mark === undefined ? [] : [[key, mark]];
    });
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }

  /** Whether an object gives such a name its value: `{ name: "DB_PASSWORD", value: "…" }`. */
  private isPair(value: Json): boolean {
    if (!isObject(value) || !("value" in value)) return false;
    return [value.name, value.key].some((name) => typeof name === "string" && this.has(name));
  }
}

/** An object or a list that a text holds as JSON; undefined for any other text. */
function jsonIn(text: string): Json | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/**
 * A line on which Terraform shows a value: in a plan (`+ password = "…"`), in its frame beside an error
 * (`│   12: "password": "…",`).
 */
const SHOWN =
  /^(\s*(?:│\s*)?(?:\d+:\s*)?(?:(?:[-+~]|-\/\+|\+\/-)\s+)?("?)([\w.-]+)"?\s*(=|:)\s*)(\S.*?)(,?(?: # forces replacement)?)$/;

/** What Terraform says in place of a value. */
const OWN_VALUES = /^(?:\(sensitive value.*\)|\(known after apply\)|null)$/;

/** The last line of a value of several lines; undefined for one that ends on its own. */
function endOf(value: string, head: string): RegExp | undefined {
  const heredoc = /<<[-~]?\s*(\w+)$/.exec(value)?.[1];
  if (heredoc !== undefined) return new RegExp(`^\\s*(?:│\\s*)?(?:\\d+:\\s*)?(?:[-+~]\\s+)?${heredoc}\\b`);
  if (!/[[{(]$/.test(value)) return undefined;
  const indent = /^\s*/.exec(head)?.[0].length ?? 0;
  return new RegExp(`^\\s{0,${indent + 2}}[\\]})]`);
}
