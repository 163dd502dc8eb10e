import { createHash } from "node:crypto";
import type { Report } from "./model";
import type { Level, Risk } from "./risks/risk";
import { RULES } from "./risks/rules";
import { mergedRisks } from "./sections";
import { clean } from "./text";

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

const LEVEL: Readonly<Record<Level, string>> = { high: "error", medium: "warning", low: "note" };

/** The scale of GitHub's code scanning, 0.0 to 10.0. */
const SEVERITY: Readonly<Record<Level, string>> = { high: "8.0", medium: "5.0", low: "2.0" };

/** Most results of a run that GitHub takes. */
const MOST_RESULTS = 5_000;

/**
 * The risks of a report as SARIF 2.1.0, e.g. for GitHub's code scanning.
 *
 * A risk lies in a resource, which is a logical location. Code scanning asks for a file too: that is
 * `cdktf.json`, since a synthesized resource does not say which line made it.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function sarif(report: Report, version: string): object {
  const merged = mergedRisks(report).slice(0, MOST_RESULTS);
  const rules = Object.keys(RULES).sort();
  const uri =
    report.app === "." ? "cdktf.json" : `${report.app.split("/").map(uriPart).join("/")}/cdktf.json`;
  return {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "Groundplan",
            version,
            rules: rules.map((id) => ({
              id,
              name: pascal(id),
              shortDescription: { text: RULES[id] ?? id },
              properties: { tags: ["infrastructure"], "security-severity": SEVERITY[levelOf(id)] },
            })),
          },
        },
        invocations: [invocation(report)],
        automationDetails: { id: `groundplan/${clean(report.app, 80)}/` },
        ...(report.commit ? { properties: { commit: report.commit } } : {}),
        results: merged.map(({ risk, stacks }) => ({
          ruleId: risk.rule,
          ruleIndex: rules.indexOf(risk.rule),
          level: LEVEL[risk.level],
          message: {
            text: `${clean(risk.address)} in ${stacks.map((name) => clean(name, 80)).join(", ")}: ${clean(risk.message, 400)}`,
          },
          locations: [
            {
              physicalLocation: { artifactLocation: { uri }, region: { startLine: 1 } },
              logicalLocations: stacks.map((stack) => ({
                kind: "resource",
                name: clean(risk.address),
                fullyQualifiedName: `${clean(stack, 80)}/${clean(risk.address)}`,
              })),
            },
          ],
          // The same risk of the same resource is the same alert, whatever its words. This name is the one that
          // GitHub reads; without it all results in one line of one file would be taken for the same.
          partialFingerprints: { primaryLocationLineHash: fingerprint(risk, stacks) },
        })),
      },
    ],
  };
}

/** A folder's name in an address; half a character, which no address can hold, is replaced. */
function uriPart(name: string): string {
  return encodeURIComponent(Buffer.from(name).toString());
}

/** Without it a log of few results would look as if there were few risks. */
function invocation({ outcome, failure, stacks }: Report): object {
  const errors = [
    ...(failure ? [failure.message] : []),
    ...stacks.flatMap(({ name, error }) => (error ? [`${clean(name, 80)}: ${error.message}`] : [])),
  ];
  if (outcome === "complete" && errors.length === 0) return { executionSuccessful: true };
  const toolExecutionNotifications = errors.map((text) => ({
    level: "error",
    message: { text: clean(text, 400) },
  }));
  return { executionSuccessful: false, toolExecutionNotifications };
}

function fingerprint({ rule, address }: Risk, [stack = ""]: readonly string[]): string {
  const hash = createHash("sha256").update(JSON.stringify([rule, stack, address]));
  return `${hash.digest("hex").slice(0, 16)}:1`;
}

/** The level that a rule has at most. */
function levelOf(rule: string): Level {
  return rule === "delete" || rule === "replace" || rule === "forget" ? "medium" : "high";
}

function pascal(id: string): string {
  return id.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
