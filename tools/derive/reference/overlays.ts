import { existsSync } from "node:fs";
import { join } from "node:path";
import { base } from "../../../overlays/base/environment";
import type { Environment } from "../../../overlays/environment";
import { addonProperties } from "./addon-settings";
import { code, defaultOf, page, summary, table } from "./markdown";
import { type Property, propertiesOf, propertiesOfType } from "./members";
import { type Declaration, type SourceFile, Sources } from "./sources";

/** A key of an overlay: `network.flowLogs.retentionDays`, with `<name>` for what a team names itself. */
interface Key {
  readonly path: string;
  readonly property: Property;
}

/**
 * The page of what an overlay can say: every key with its type and its default, and its value in each environment.
 *
 * @param root - folder of the repository, with `overlays/`.
 */
export function overlayPage(
  root: string,
  modules: string,
  environments: readonly Environment[],
  defaults: object = base,
): string {
  const sources = new Sources({ "@groundplan/modules": modules });
  const file = sources.file(join(root, "overlays", "environment"));
  const type = file?.find("Environment");
  if (!type) {
    const path = join("overlays", "environment.ts");
    throw new Error(existsSync(join(root, path)) ? `${path} declares no Environment` : `${path} is missing`);
  }
  const addons = propertiesOf(type).find(({ name }) => name === "addons");
  const ofAddons = addonProperties(sources.file(join(modules, "addons", "enabled")) ?? type.file);
  const [plainKeys, groups] = partition(
    propertiesOf(type).filter(({ name }) => name !== "addons"),
    (one) => propertiesIn(one).length === 0,
  );
  return page(
    "# Overlays",
    "What `overlays/<environment>/environment.ts` can say. `overlays/base/environment.ts` has the defaults. An empty cell is a default.",
    "## Environment",
    ...section("", keysOf(plainKeys, ""), environments, defaults),
    ...groups.flatMap((group) => [
      `## \`${group.name}\``,
      summary(group.doc || docOfType(group)),
      ...section(group.name, keysOf(propertiesIn(group), `${group.name}.`), environments, defaults),
    ]),
    "## `addons`",
    addons ? summary(addons.doc || docOfType(addons)) : "",
    ...section("addons", keysOf(ofAddons, "addons."), environments, defaults),
  );
}

function partition<T>(
  all: readonly T[],
  isFirst: (one: T) => boolean,
): readonly [readonly T[], readonly T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}

/** The two tables of a group: what its keys mean, and what they are in each environment. */
function section(
  group: string,
  keys: readonly Key[],
  environments: readonly Environment[],
  defaults: object,
): readonly string[] {
  const flat = (of: object) => new Map(leaves(of, "").filter(([path]) => isIn(path, group, keys)));
  const own = flat(defaults);
  const values = environments.map((environment) => flat(environment));
  const meanings = keys.map(({ path, property }) => [
    code(path),
    code(property.type),
    defaultIn(own, path, property),
    summary(property.doc),
  ]);
  const found = [...new Set([...own.keys(), ...values.flatMap((one) => [...one.keys()])])];
  const paths = found.sort((one, other) => orderOf(one, keys) - orderOf(other, keys));
  const rows = paths.map((path) => [
    code(path),
    own.has(path) ? code(shown(own.get(path))) : "",
    ...values.map((one) => {
      const value = shown(one.get(path));
      return !one.has(path) || (own.has(path) && value === shown(own.get(path))) ? "" : code(value);
    }),
  ]);
  return [
    table(["key", "type", "default", "what it is"], meanings),
    table(["value of", "default", ...environments.map(({ name }) => name)], rows),
  ];
}

function defaultIn(
  defaults: ReadonlyMap<string, unknown>,
  path: string,
  { doc, isOptional }: Property,
): string {
  if (defaults.has(path)) return code(shown(defaults.get(path)));
  // The keys below it have their own.
  if ([...defaults.keys()].some((one) => one.startsWith(`${path}.`))) return "";
  return defaultOf(doc) ?? (isOptional ? "none" : "required");
}

/** The place of a value among the keys; what a team names itself stands at its key. */
function orderOf(path: string, keys: readonly Key[]): number {
  const parts = path.split(".");
  return keys.findLastIndex((key) =>
    key.path.split(".").every((part, index) => part === parts[index] || part === "<name>"),
  );
}

function isIn(path: string, group: string, keys: readonly Key[]): boolean {
  return group === ""
    ? keys.some((key) => path === key.path || path.startsWith(`${key.path}.`))
    : path.startsWith(`${group}.`);
}

/** Keys of properties, those of objects key by key. */
function keysOf(properties: readonly Property[], before: string): readonly Key[] {
  return properties.flatMap((property) => {
    const path = `${before}${property.name}`;
    const inner = propertiesIn(property);
    if (inner.length > 0) {
      const whole = { path, property: { ...property, type: "object" } };
      return [...(property.doc === "" ? [] : [whole]), ...keysOf(inner, `${path}.`)];
    }
    const named = recordOf(property);
    const each = named === undefined ? [] : keysOf(propertiesOfType(named, property.file), `${path}.<name>.`);
    return [{ path, property }, ...each];
  });
}

function propertiesIn({ typeNode, file }: Property): readonly Property[] {
  return propertiesOfType(typeNode, file);
}

/** The type of what a record holds by names of the team's own; undefined for another type. */
function recordOf({ typeNode, file }: Property): Property["typeNode"] {
  if (typeNode?.type !== "TSTypeReference" || typeNode.typeName.type !== "Identifier") return undefined;
  const [first, second] = typeNode.typeParameters?.params ?? [];
  if (typeNode.typeName.name === "Record") return second;
  if (typeNode.typeName.name === "Readonly") return recordOf({ typeNode: first, file } as Property);
  return undefined;
}

/** The docstring of a property's type, for a property without one. */
function docOfType({ type, file }: { readonly type: string; readonly file: SourceFile }): string {
  const found: Declaration | undefined = file.find(type);
  return found?.doc ?? "";
}

/** Values by their paths: those of objects key by key, an empty object and a list as one. */
function leaves(value: object, before: string): readonly (readonly [path: string, value: unknown])[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = `${before}${key}`;
    const isObject = typeof inner === "object" && inner !== null && !Array.isArray(inner);
    return isObject && Object.keys(inner).length > 0 ? leaves(inner, `${path}.`) : [[path, inner] as const];
  });
}

/** A value as an overlay writes it. */
function shown(value: unknown): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return `[${value.map(shown).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => `${key}: ${shown(inner)}`);
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  return JSON.stringify(value);
}
