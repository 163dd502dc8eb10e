import { type Static, Type } from "@sinclair/typebox";
import { schemaCheck } from "../../input/schema";
import { type Found, type Kind, type Results, type Severity, severityOfScore } from "../finding";
import { all, list, some, TEXT } from "./schema";

const MESSAGE = some({ text: TEXT });

const PROPERTIES = some({
  "security-severity": Type.Union([TEXT, Type.Number()]),
  tags: list(TEXT),
});

const RULE = Type.Intersect([
  all({ id: TEXT }),
  some({
    shortDescription: MESSAGE,
    defaultConfiguration: some({ level: TEXT }),
    properties: PROPERTIES,
  }),
]);

const RESULT = some({
  ruleId: TEXT,
  ruleIndex: Type.Integer(),
  rule: some({ id: TEXT, index: Type.Integer() }),
  kind: TEXT,
  level: TEXT,
  message: MESSAGE,
  locations: list(
    some({
      physicalLocation: some({
        artifactLocation: some({ uri: TEXT }),
        region: some({ startLine: Type.Integer() }),
      }),
    }),
  ),
  suppressions: list(some({ status: TEXT })),
  properties: PROPERTIES,
});

const RUN = Type.Intersect([
  all({
    tool: all({ driver: Type.Intersect([all({ name: TEXT }), some({ version: TEXT, rules: list(RULE) })]) }),
  }),
  some({
    results: list(RESULT),
    invocations: list(
      some({
        executionSuccessful: Type.Boolean(),
        toolExecutionNotifications: list(some({ message: MESSAGE })),
      }),
    ),
  }),
]);

const DOCUMENT = Type.Object({ version: Type.Literal("2.1.0"), runs: Type.Array(RUN) });

type Run = Static<typeof RUN>;
type Result = Static<typeof RESULT>;
type Rule = Static<typeof RULE>;

const check = schemaCheck<Static<typeof DOCUMENT>>(DOCUMENT);

/**
 * Reads SARIF 2.1.0, e.g. of Checkov, Hadolint, Gitleaks or CodeQL. A result that its scanner says is suppressed, or
 * passed, is none. The lines of code in it are never read: a secret may stand there.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function readSarif(document: unknown): Results {
  const { runs } = check(document);
  return {
    scanners: runs.map(({ tool: { driver } }) =>
      driver.version ? `${driver.name.toLowerCase()} ${driver.version}` : driver.name.toLowerCase(),
    ),
    found: runs.flatMap(foundIn),
    failures: runs.flatMap(failuresOf),
  };
}

function foundIn(run: Run): readonly Found[] {
  const scanner = run.tool.driver.name.toLowerCase();
  return (run.results ?? []).filter(isOpen).map((result): Found => {
    const rule = ruleOf(run, result);
    const location = result.locations?.[0]?.physicalLocation;
    const line = location?.region?.startLine;
    const kind = kindOf(scanner, rule);
    return {
      kind,
      ids: [result.ruleId ?? result.rule?.id ?? rule?.id ?? "(no rule)"],
      severity: severityIn(result, rule, kind),
      title: result.message?.text || rule?.shortDescription?.text || "",
      place: { name: pathOf(location?.artifactLocation?.uri ?? ""), ...(line ? { line } : {}) },
      scanner,
    };
  });
}

function isOpen({ kind, level, suppressions }: Result): boolean {
  if (kind !== undefined && kind !== "fail") return false;
  if (level === "none") return false;
  return !suppressions?.some(({ status }) => status === undefined || status === "accepted");
}

function ruleOf({ tool }: Run, { ruleId, ruleIndex, rule }: Result): Rule | undefined {
  const rules = tool.driver.rules ?? [];
  const index = ruleIndex ?? rule?.index ?? -1;
  return rules[index] ?? rules.find(({ id }) => id === (ruleId ?? rule?.id));
}

const LEVEL: Readonly<Record<string, Severity>> = { error: "high", warning: "medium", note: "low" };

function severityIn(result: Result, rule: Rule | undefined, kind: Kind): Severity {
  const score = result.properties?.["security-severity"] ?? rule?.properties?.["security-severity"];
  if (score !== undefined) return severityOfScore(Number(score));
  // Who reads the repository has the secret, whatever a linter thinks of its rule.
  if (kind === "secret") return "critical";
  // What a result does not say, its rule does; what that does not say is a warning.
  return LEVEL[result.level ?? rule?.defaultConfiguration?.level ?? "warning"] ?? "unknown";
}

const KIND_OF_SCANNER: Readonly<Record<string, Kind>> = {
  gitleaks: "secret",
  trufflehog: "secret",
  checkov: "misconfiguration",
  hadolint: "misconfiguration",
};

function kindOf(scanner: string, rule: Rule | undefined): Kind {
  const tags = rule?.properties?.tags ?? [];
  const tagged = (["vulnerability", "misconfiguration", "secret"] as const).find((kind) =>
    tags.includes(kind),
  );
  if (tagged) return tagged;
  return KIND_OF_SCANNER[scanner] ?? (/^(?:CVE|GHSA)-/.test(rule?.id ?? "") ? "vulnerability" : "rule");
}

/** A path that is written as an address. */
function pathOf(uri: string): string {
  try {
    return decodeURIComponent(uri.replace(/^file:\/\//, ""));
  } catch {
    return uri;
  }
}

function failuresOf({ tool, invocations }: Run): readonly string[] {
  return (invocations ?? [])
    .filter(({ executionSuccessful }) => executionSuccessful === false)
    .map(({ toolExecutionNotifications }) => {
      const why = toolExecutionNotifications?.find(({ message }) => message?.text)?.message?.text;
      return `${tool.driver.name.toLowerCase()} did not come to its end${why ? `: ${why}` : ""}`;
    });
}
