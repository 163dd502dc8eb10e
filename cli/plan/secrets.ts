import { exactNumber } from "../input/exact-numbers";
import { at, isArray, isObject, type Json } from "../input/json";
import { SENSITIVE, TextMask } from "../input/text-mask";
import type { Stack } from "../project/project";
import { MaskedNames } from "./masked-names";
import type { ResourceChangeJson } from "./plan-json";
import type { RawModule, RawPlan } from "./raw";
import { maskOf } from "./redact";

/**
 * The secrets of a plan: what Terraform marks as sensitive may stand in clear where a provider has copied it,
 * e.g. from `tags` to `tags_all`, or in the text of an error. Everything that Groundplan writes or prints of a plan goes
 * through this one class.
 *
 * Words of Terraform's own, such as actions, types and addresses, are never masked.
 */
export class Secrets extends TextMask {
  /** @param names - whose values are secret though Terraform does not mark them. */
  constructor(private readonly names = new MaskedNames()) {
    super(OWN_WORDS);
  }

  /** Takes every text that a plan marks as sensitive. */
  addPlan(raw: RawPlan): this {
    const plan = this.mark(raw);
    this.addTexts(this.names.textsOf(plan));
    for (const resource of [...(plan.resource_changes ?? []), ...(plan.resource_drift ?? [])]) {
      const { change, type } = resource;
      const mask = maskOf(change);
      for (const value of [change.before, change.after]) this.addObject(value, mask, type);
      this.addWords(resource);
    }
    for (const [name, change] of Object.entries(plan.output_changes ?? {})) {
      const mask = maskOf(change);
      for (const value of [change.before, change.after]) this.add(value, mask);
      this.keepWords([name]);
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

  /** Takes what a stack's Terraform JSON has under a masked name, and the words by which Terraform speaks of its parts. */
  addConfiguration({ name, folder, json }: Pick<Stack, "name" | "folder" | "json">): this {
    const { resource = {}, data = {} } = json;
    this.addTexts(this.names.textsIn(json).filter((text) => !text.includes("${")));
    for (const [prefix, blocks] of [["", resource] as const, ["data.", data] as const]) {
      for (const [type, named] of Object.entries(blocks)) {
        for (const one of Object.keys(named)) this.keepWords([`${prefix}${type}.${one}`]);
        this.keepWords([type]);
      }
    }
    this.keepWords([name, folder]);
    return this;
  }

  /** A plan in which the values of masked names are marked as Terraform marks what is sensitive. */
  mark(plan: RawPlan): RawPlan {
    return this.names.mark(plan);
  }

  /** A text without the secrets, and without what it shows as the value of a masked name. */
  override scrub(text: string): string {
    return super.scrub(this.names.scrubLines(text));
  }

  /** A value of which no text, keys too, has a secret. */
  scrubValue(value: Json): Json {
    if (this.isEmpty) return value;
    const scrub = (text: string) => this.scrubText(text);
    const walk = (item: Json): Json => {
      const exact = exactNumber(item);
      if (exact !== undefined) return this.hasText(exact) ? SENSITIVE : item;
      if (typeof item === "string") return scrub(item);
      if (typeof item === "number") return this.hasText(String(item)) ? SENSITIVE : item;
      if (isArray(item)) {
        const items = item.map(walk);
        return items.every((one, at) => one === item[at]) ? item : items;
      }
      if (!isObject(item)) return item;
      const before = Object.entries(item);
      const after = before.map(([key, one]): [string, Json] => [scrub(key), walk(one)]);
      // Most have no secret, and stay as they are.
      if (after.every(([key, one], at) => key === before[at]?.[0] && one === before[at][1])) return item;
      return Object.fromEntries(distinct(after));
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
    const words = [address, previous_address, module_address, type, name, provider_name];
    this.keepWords(words.filter((word) => word !== undefined));
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
      if (mask === true) this.addTexts([exactNumber(value) ?? String(value)]);
    } else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) this.add(item, mask === true ? true : at(mask, key));
    }
  }
}

/** What Terraform itself says of a plan. */
const OWN_WORDS = [
  "create created creating delete deleted deleting destroy destroyed destroying update updated updating replace replaced",
  "replacement forget import imported importing resource resources module provider output outputs changed changes unchanged",
  "sensitive Terraform OpenTofu planned in-place no-op managed deposed default",
].flatMap((words) => words.split(" "));

/** Entries whose keys are told apart: two secrets as keys are two entries. */
function distinct(entries: readonly (readonly [string, Json])[]): readonly (readonly [string, Json])[] {
  const seen = new Map<string, number>();
  return entries.map(([key, value]) => {
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return [count === 1 ? key : `${key} ${count}`, value];
  });
}
