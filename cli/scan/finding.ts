/** How bad a finding is, the worst first; `unknown` where its scanner does not say. */
export const SEVERITIES = ["critical", "high", "medium", "low", "unknown"] as const;

/** One of {@link SEVERITIES}. */
export type Severity = (typeof SEVERITIES)[number];

/** What a finding is about. `rule`: any other rule of a linter or an analysis. */
export const KINDS = ["vulnerability", "misconfiguration", "secret", "rule"] as const;

/** One of {@link KINDS}. */
export type Kind = (typeof KINDS)[number];

/** Where something was found. */
export interface Place {
  /** An image, or the path of a file. */
  readonly name: string;

  /** Line of the file, from 1. */
  readonly line?: number;
}

/** A package with a vulnerability. */
export interface Package {
  readonly name: string;
  readonly version: string;
}

/** What one scanner says of one finding. */
export interface Found {
  readonly kind: Kind;

  /** Every name that it has: `CVE-…`, `GHSA-…`, or the id of a rule. At least one. */
  readonly ids: readonly string[];
  readonly severity: Severity;
  readonly title: string;
  readonly place: Place;

  /** Only of a vulnerability. */
  readonly package?: Package;

  /** Versions without it. */
  readonly fixed?: readonly string[];

  /** Name of the scanner, e.g. `trivy`. */
  readonly scanner: string;
}

/** What one file of results holds. */
export interface Results {
  /** Name of the scanner, with its version where it says one, e.g. `hadolint 2.15.1`. */
  readonly scanners: readonly string[];
  readonly found: readonly Found[];

  /** Why a scanner did not come to its end: without a finding it has not said that there is none. */
  readonly failures: readonly string[];
}

/** Whether a severity is as bad as another one, or worse. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least);
}

const WORDS: Readonly<Record<string, Severity>> = {
  critical: "critical",
  high: "high",
  important: "high",
  medium: "medium",
  moderate: "medium",
  low: "low",
  negligible: "low",
  info: "low",
};

/** A scanner's own word for a severity. */
export function severityOf(word: string | undefined): Severity {
  return (word !== undefined && WORDS[word.toLowerCase()]) || "unknown";
}

/**
 * The severity of a score from 0 to 10, as CVSS names them.
 *
 * @see https://www.first.org/cvss/v3.1/specification-document#Qualitative-Severity-Rating-Scale
 */
export function severityOfScore(score: number): Severity {
  if (!(score > 0 && score <= 10)) return "unknown";
  if (score >= 9) return "critical";
  if (score >= 7) return "high";
  return score >= 4 ? "medium" : "low";
}
