import type { Fault } from "./errors";

/**
 * Versions of the AWS provider that Groundplan's output is valid for.
 *
 * The bindings pin one exact version; a range lets a team choose its own. Version 5.100 is the last
 * of its major; the types of the bindings (6.25) keep out what version 6 dropped.
 */
export const AWS_PROVIDER_VERSIONS = ">= 5.100.0, < 7.0.0";

/** The first version of {@link AWS_PROVIDER_VERSIONS}, and the first major that is none of them. */
const FIRST = [5, 100, 0] as const;
const END_MAJOR = 7;

type Version = readonly [major: number, minor: number, patch: number];

/** A choice of versions: from the first on, to the second, which is none of them; the same twice for one version. */
interface Range {
  readonly from: Version;
  readonly to: Version;
}

/** The versions that a choice names: `6.x`, `6.66.x`, `6.66.0` or `^6.8.0`; undefined for another text. */
function rangeOf(choice: string): Range | undefined {
  const [, caret, major, minor, patch] = /^(\^)?(\d{1,4})\.(x|\d{1,4})(?:\.(x|\d{1,4}))?$/.exec(choice) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  const first = Number(major);
  if (caret) {
    if (minor === "x" || patch === undefined || patch === "x") return undefined;
    return { from: [first, Number(minor), Number(patch)], to: [first + 1, 0, 0] };
  }
  if (minor === "x") return patch === undefined ? { from: [first, 0, 0], to: [first + 1, 0, 0] } : undefined;
  if (patch === undefined) return undefined;
  const second = Number(minor);
  if (patch === "x") return { from: [first, second, 0], to: [first, second + 1, 0] };
  return { from: [first, second, Number(patch)], to: [first, second, Number(patch)] };
}

function before(one: Version, other: Version): boolean {
  const at = one.findIndex((part, index) => part !== other[index]);
  return at !== -1 && (one[at] ?? 0) < (other[at] ?? 0);
}

/** The faults of a choice of versions of the AWS provider: not a choice, or not within {@link AWS_PROVIDER_VERSIONS}. */
export function providerChoiceFaults(choice: string): readonly Fault[] {
  const range = rangeOf(choice);
  const instead = 'use e.g. "6.x", "6.66.x", "6.66.0" or "^6.8.0"';
  if (!range) return [{ what: `AWS provider ${JSON.stringify(choice)} names no versions`, instead }];
  // The last versions of 5 are within the range, and the major says less than that.
  const isOfFive = range.to[0] === 6 && range.to[1] === 0 && range.from[0] === 5;
  const within = (isOfFive || !before(range.from, FIRST)) && range.from[0] < END_MAJOR;
  if (within) return [];
  return [
    {
      what: `AWS provider ${JSON.stringify(choice)} is not within ${JSON.stringify(AWS_PROVIDER_VERSIONS)}, which Groundplan's output is valid for`,
      instead,
    },
  ];
}

/**
 * The versions of a choice as Terraform writes them, e.g. `>= 6.0.0, < 7.0.0` for `6.x`.
 *
 * @param choice - one without faults; without it, {@link AWS_PROVIDER_VERSIONS}.
 */
export function providerConstraint(choice: string | undefined): string {
  const range = choice === undefined ? undefined : rangeOf(choice);
  if (!range) return AWS_PROVIDER_VERSIONS;
  const from = before(range.from, FIRST) ? FIRST : range.from;
  if (from.join() === range.to.join()) return from.join(".");
  return `>= ${from.join(".")}, < ${range.to.join(".")}`;
}

/** Whether every version of a choice has what a version brought. @param version - e.g. `6.8.0`. */
export function providerHas(choice: string | undefined, version: string): boolean {
  const range = choice === undefined ? undefined : rangeOf(choice);
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  return !before(range?.from ?? FIRST, [major, minor, patch]);
}
