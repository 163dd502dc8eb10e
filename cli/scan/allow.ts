import { wildcard } from "../input/wildcard";
import type { Settings } from "../project/settings";
import type { Finding } from "./merge";

/** A finding that somebody has decided to live with until a day. */
export type Allowance = NonNullable<NonNullable<Settings["scan"]>["allow"]>[number];

/** Findings by what the allow list says of them. */
export interface Judged {
  /** Those that count. */
  readonly findings: readonly Finding[];

  /** Those that are let pass, with why. */
  readonly allowed: readonly { readonly finding: Finding; readonly allowance: Allowance }[];

  /** Entries whose day is over: each has to be decided anew, or removed. */
  readonly expired: readonly Allowance[];

  /** Entries of which nothing was found. */
  readonly unused: readonly Allowance[];
}

/** @param today - the day in UTC, e.g. `2026-11-30`. */
export function judge(findings: readonly Finding[], allow: readonly Allowance[], today: string): Judged {
  // A day that no calendar has, e.g. 2026-02-30, is over.
  const expired = allow.filter(({ until }) => until < today || !isDay(until));
  const current = allow.filter((one) => !expired.includes(one));
  const judged = findings.map((finding) => ({
    finding,
    allowance: current.find((one) => allows(one, finding)),
  }));
  const used = new Set(judged.map(({ allowance }) => allowance));
  return {
    findings: judged.flatMap(({ finding, allowance }) => (allowance ? [] : [finding])),
    allowed: judged.flatMap(({ finding, allowance }) => (allowance ? [{ finding, allowance }] : [])),
    expired,
    unused: current.filter((one) => !used.has(one)),
  };
}

function isDay(day: string): boolean {
  const time = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day);
}

/** Whether an entry is of a finding: of all its places, or the others still count. */
function allows({ id, package: name, place }: Allowance, finding: Finding): boolean {
  const ids = [finding.id, ...finding.aliases].map((one) => one.toUpperCase());
  if (!ids.includes(id.toUpperCase())) return false;
  if (name !== undefined && !matches(name, finding.package?.name ?? "")) return false;
  return place === undefined || finding.places.every((one) => matches(place, one.name));
}

function matches(pattern: string, text: string): boolean {
  return new RegExp(`^${wildcard(pattern)}$`, "s").test(text);
}
