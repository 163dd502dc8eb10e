import { createHash } from "node:crypto";
import { clean } from "../report/text";
import type { Severity } from "./finding";
import type { Finding } from "./merge";
import type { ScanReport } from "./report";
import { packageWords, placeWords, scannerWords } from "./words";

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

const LEVEL: Readonly<Record<Severity, string>> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "note",
  unknown: "warning",
};

/** The scale of GitHub's code scanning, 0.0 to 10.0. */
const SCORE: Readonly<Record<Severity, string | undefined>> = {
  critical: "9.5",
  high: "8.0",
  medium: "5.0",
  low: "2.0",
  unknown: undefined,
};

/** Most results of a run that GitHub takes. */
const MOST_RESULTS = 5_000;

/** The findings of a report as SARIF 2.1.0: each once, whoever has found it. */
export function scanSarif({ findings, failures }: ScanReport, version: string): object {
  const shown = findings.slice(0, MOST_RESULTS);
  const rules = [...new Map(shown.map((one) => [one.id, one])).values()];
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  return {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "Groundplan scan", version, rules: rules.map(ruleOf) } },
        invocations: [
          failures.length === 0
            ? { executionSuccessful: true }
            : {
                executionSuccessful: false,
                toolExecutionNotifications: failures.map((text) => ({
                  level: "error",
                  message: { text: clean(text, 400) },
                })),
              },
        ],
        automationDetails: { id: "groundplan-scan/" },
        results: shown.map((one) => resultOf(one, indexes.get(one.id) ?? 0)),
      },
    ],
  };
}

function ruleOf({ id, kind, title, severity }: Finding): object {
  const score = SCORE[severity];
  return {
    id: clean(id, 200),
    shortDescription: { text: clean(title || id, 400) },
    properties: { tags: ["security", kind], ...(score ? { "security-severity": score } : {}) },
  };
}

function resultOf(one: Finding, ruleIndex: number): object {
  const of = packageWords(one);
  const fixed = one.fixed.length > 0 ? `, fixed in ${one.fixed.slice(0, 3).join(", ")}` : "";
  const what = of ? `${of}${fixed}` : one.title || one.id;
  return {
    ruleId: clean(one.id, 200),
    ruleIndex,
    level: LEVEL[one.severity],
    message: { text: clean(`${what}, at ${placeWords(one, 5)} (${scannerWords(one)})`, 800) },
    locations: one.places.slice(0, 10).map(({ name, line = 1 }) => ({
      physicalLocation: { artifactLocation: { uri: uriOf(name) }, region: { startLine: Math.max(1, line) } },
    })),
    partialFingerprints: { primaryLocationLineHash: fingerprint(one) },
  };
}

/** An image's name, or a path, as a relative address: code scanning takes no other. */
function uriOf(name: string): string {
  const parts = clean(name, 400)
    .split("/")
    .filter((part) => part !== "" && part !== "." && part !== "..");
  return parts.map((part) => encodeURIComponent(part)).join("/") || "unknown";
}

/** The same finding is the same alert, whoever has found it, and however bad it is. */
function fingerprint({ id, package: of, places }: Finding): string {
  const where = of ? [of.name] : [places[0]?.name ?? "", places[0]?.line ?? 0];
  return `${createHash("sha256")
    .update(JSON.stringify([id, ...where]))
    .digest("hex")
    .slice(0, 16)}:1`;
}
