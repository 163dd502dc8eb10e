import { firstOf } from "../console/words";
import { SEVERITIES } from "./finding";
import type { Finding } from "./merge";
import type { Counts } from "./report";

/** The numbers in words, e.g. `2 critical, 1 high`; only those that are not 0. */
export function countWords(counts: Counts): string {
  const parts = SEVERITIES.filter((severity) => counts[severity] > 0).map(
    (severity) => `${counts[severity]} ${severity === "unknown" ? "of unknown severity" : severity}`,
  );
  return parts.join(", ") || "nothing found";
}

/** Who has found it, and how bad another one thinks that it is: `grype, trivy (medium)`. */
export function scannerWords({ scanners, severity }: Finding): string {
  return scanners
    .map((one) => (one.severity === severity ? one.name : `${one.name} (${one.severity})`))
    .join(", ");
}

/** Where it is: the first places. */
export function placeWords({ places }: Finding, most: number): string {
  const words = places.map(({ name, line }) => (line ? `${name}:${line}` : name) || "(no place)");
  return firstOf(words, most);
}

/** A package with its version. */
export function packageWords({ package: of }: Finding): string {
  return of ? `${of.name} ${of.version}`.trim() : "";
}
