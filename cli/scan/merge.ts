import {
  type Found,
  isAtLeast,
  type Kind,
  type Package,
  type Place,
  SEVERITIES,
  type Severity,
} from "./finding";

/** A finding, of all scanners that have found it. */
export interface Finding {
  readonly kind: Kind;

  /** The name by which it is known best: a CVE before any other. */
  readonly id: string;

  /** Its other names. */
  readonly aliases: readonly string[];

  /** The worst that one of its scanners says. */
  readonly severity: Severity;
  readonly title: string;
  readonly package?: Package;

  /** Versions without it, as its scanners know them. */
  readonly fixed: readonly string[];
  readonly places: readonly Place[];

  /** Who has found it, and how bad each thinks that it is. */
  readonly scanners: readonly { readonly name: string; readonly severity: Severity }[];
}

/**
 * The findings of several scanners, each once: a vulnerability of one version of a package is the same under any of
 * its names, wherever it lies; all else is the same rule at the same place. The worst come first.
 */
export function mergeFindings(all: readonly Found[]): readonly Finding[] {
  const groups = new Map<string, Found[]>();
  for (const found of all) {
    const keys = keysOf(found);
    const [group = [], ...others] = [...new Set(keys.flatMap((key) => one(groups.get(key))))].sort(
      (a, b) => b.length - a.length,
    );
    group.push(found, ...others.flat());
    for (const key of keys) groups.set(key, group);
    // What had two names so far is one now.
    for (const member of others.flat()) for (const key of keysOf(member)) groups.set(key, group);
  }
  return [...new Set(groups.values())].map(merged).sort(compare);
}

/** A value in a list, or none. */
function one<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}

function keysOf(found: Found): readonly string[] {
  const { kind, ids, place, package: of } = found;
  if (kind === "vulnerability" && of) {
    const version = of.version.replace(/^(?:go|v)(?=\d)/, "");
    return ids.map((id) => JSON.stringify([id.toUpperCase(), shortName(of.name), version]));
  }
  return ids.map((id) => JSON.stringify([kind, id.toUpperCase(), pathOf(place.name), place.line ?? 0]));
}

/** Maven's `group:artifact` is `artifact` to some scanners, and Go's path of a module is all of it to every one. */
function shortName(name: string): string {
  return name.toLowerCase().split(":").at(-1) ?? "";
}

/** A path as every scanner writes it. */
function pathOf(name: string): string {
  return name.replace(/^(?:\.?\/)+/, "");
}

function merged(group: readonly Found[]): Finding {
  const [first] = group as [Found];
  const [id = "", ...aliases] = [...new Set(group.flatMap(({ ids }) => ids))].sort(
    (a, b) => rankOf(a) - rankOf(b),
  );
  const scanners = new Map<string, Severity>();
  const places = new Map<string, Place>();
  for (const { scanner, severity, place } of group) {
    const before = scanners.get(scanner);
    if (before === undefined || isAtLeast(severity, before)) scanners.set(scanner, severity);
    const name = pathOf(place.name);
    places.set(JSON.stringify([name, place.line ?? 0]), { ...place, name });
  }
  const of = group.find((one) => one.package)?.package;
  return {
    kind: first.kind,
    id,
    aliases,
    severity: SEVERITIES.find((one) => group.some(({ severity }) => severity === one)) ?? "unknown",
    title: shortest(group.map(({ title }) => title)),
    ...(of ? { package: of } : {}),
    fixed: [...new Set(group.flatMap(({ fixed = [] }) => fixed))],
    places: [...places.values()],
    scanners: [...scanners]
      .map(([name, severity]) => ({ name, severity }))
      .sort((a, b) => order(a.name, b.name)),
  };
}

function rankOf(id: string): number {
  if (/^CVE-/i.test(id)) return 0;
  return /^GHSA-/i.test(id) ? 1 : 2;
}

/** A title before a description. */
function shortest(titles: readonly string[]): string {
  return titles.filter((title) => title !== "").sort((a, b) => a.length - b.length)[0] ?? "";
}

/** The same order whatever the order of the files. */
function compare(a: Finding, b: Finding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    order(a.package?.name ?? "", b.package?.name ?? "") ||
    order(a.id, b.id) ||
    order(a.package?.version ?? "", b.package?.version ?? "") ||
    order(a.places[0]?.name ?? "", b.places[0]?.name ?? "") ||
    (a.places[0]?.line ?? 0) - (b.places[0]?.line ?? 0)
  );
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
