import { isArray, isObject, type Json } from "../input/json";
import type { PlanJson, ResourceChangeJson } from "../plan/plan-json";
import { nameIn, type Reference, refers, type Surroundings } from "../plan/references";
import { type PlanPrice, type PriceOptions, priceOf } from "./price";

/** A stack's Terraform JSON, as CDKTF synthesizes it: what is read of it. */
export interface ConfigurationJson {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly provider?: Readonly<Record<string, unknown>>;
}

/**
 * Prices what a stack's code makes, before anything is planned: all of it as new. Nobody is asked, and no credentials are
 * needed. What Terraform computes (`${…}`) is not known.
 */
export function priceOfConfiguration(stack: ConfigurationJson, options: PriceOptions = {}): PlanPrice {
  return priceOf(planOf(stack), options);
}

/** The configuration as a plan that creates everything. */
function planOf({ resource = {}, provider = {} }: ConfigurationJson): PlanJson & Surroundings {
  const all = Object.entries(resource).flatMap(([type, named]) =>
    Object.entries(named).map(([name, values]) => ({ type, name, values: values as Json })),
  );
  const region = defaultRegion(provider.aws as Json | undefined);
  return {
    ...(region === undefined ? {} : { region }),
    resource_changes: all.flatMap(instancesOf),
    references: all.flatMap(referencesOf),
  };
}

interface Configured {
  readonly type: string;
  readonly name: string;
  readonly values: Json;
}

/** As many as `count` says; of `for_each` one for each key. Where only Terraform knows how many, nothing of one is known. */
function instancesOf({ type, name, values }: Configured): readonly ResourceChangeJson[] {
  const address = `${type}.${name}`;
  const { count, for_each: each } = isObject(values) ? values : {};
  const keys = keysOf(count, each);
  const change = (known: boolean): ResourceChangeJson["change"] => ({
    actions: ["create"],
    before: null,
    after: known ? values : null,
    after_unknown: known ? {} : true,
  });
  if (keys === undefined) return [{ address, mode: "managed", type, name, change: change(false) }];
  return keys.map((key) => ({
    address: `${address}${key}`,
    mode: "managed",
    type,
    name,
    change: change(true),
  }));
}

/** Most instances of one resource that are priced one by one. */
const MOST = 1000;

function keysOf(count: Json | undefined, each: Json | undefined): readonly string[] | undefined {
  if (typeof count === "number") {
    return count <= MOST ? Array.from({ length: count }, (_, index) => `[${index}]`) : undefined;
  }
  if (count !== undefined) return undefined;
  if (each === undefined) return [""];
  if (isArray(each)) return each.map((key) => `[${JSON.stringify(key)}]`);
  return isObject(each) ? Object.keys(each).map((key) => `[${JSON.stringify(key)}]`) : undefined;
}

function referencesOf({ type, name, values }: Configured): readonly Reference[] {
  if (!refers(type) || !isObject(values)) return [];
  return Object.entries(values).flatMap(([attribute, value]) =>
    [...new Set(textsIn(value).flatMap(namesIn))].map((to) => ({ from: `${type}.${name}`, attribute, to })),
  );
}

function textsIn(value: Json): readonly string[] {
  if (typeof value === "string") return [value];
  if (isArray(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

/** `type.name` of what an expression refers to. */
function namesIn(text: string): readonly string[] {
  if (!text.includes("${")) return [];
  return (text.match(/[a-z0-9_]+\.[\w-]+/g) ?? []).flatMap((found) => nameIn(found) ?? []);
}

/** Region of the provider without an alias. */
function defaultRegion(aws: Json | undefined): string | undefined {
  const blocks = isArray(aws) ? aws : aws === undefined ? [] : [aws];
  const own = blocks.find((block) => isObject(block) && block.alias === undefined);
  const region = isObject(own) ? own.region : undefined;
  return typeof region === "string" && !region.includes("${") ? region : undefined;
}
