import { ACTIONS } from "../report/action";
import { REASONS } from "../report/change";
import { NOTE_KINDS } from "../report/notes";
import { MOST_LINES } from "../report/price";
import { LEVELS } from "../report/risks/risk";
import { RULES } from "../report/risks/rules";

const text = (maxLength: number) => ({ type: "string", maxLength }) as const;
const count = { type: "integer", minimum: 0, maximum: 1_000_000_000 } as const;
const list = (items: object, maxItems: number) => ({ type: "array", maxItems, items }) as const;
const NAME = text(2_000);
const SENTENCE = text(20_000);

/** What we write ourselves, and nobody else: anything else in its place is refused. */
const one = (pattern: string, maxLength = 400) =>
  ({ type: "string", maxLength, pattern: `^(?:${pattern})$` }) as const;
const COMMIT = one("[0-9a-f]{40}");
const TYPE = one("[A-Za-z][A-Za-z0-9_-]*|", 200);
const FOLDER = "stacks/[A-Za-z0-9_][A-Za-z0-9._-]{0,120}";
const file = (name: string) => one(`${FOLDER}/${name.replaceAll(".", "\\.")}`);

/** Sentences of a verdict (report/report.ts). */
const VERDICT = [
  "Nothing could be planned",
  "The run was interrupted",
  "\\d+ stacks? could not be planned",
  "\\d+ stacks? will change",
  "\\d+ resources? will be deleted or replaced",
  "\\d+ actions? will be invoked",
  "\\d+ checks? did not pass",
  "\\d+ plans? (?:is|are) incomplete",
  "\\d+ changes? (?:is|are) deferred",
  "\\d+ parts? of (?:a plan is|plans are) not known",
  "\\d+ warnings?",
  "\\d+ risks? to decide about",
  "\\d+ stacks? waits? for another",
  "\\d+ stacks? (?:is|are) gone from the code",
].join("|");

const object = (
  required: Readonly<Record<string, object>>,
  optional: Readonly<Record<string, object>> = {},
) =>
  ({
    type: "object",
    required: Object.keys(required),
    properties: { ...required, ...optional },
    additionalProperties: false,
  }) as const;

const CHANGE = object(
  {
    address: NAME,
    type: TYPE,
    action: { enum: ACTIONS },
    deletes: { type: "boolean" },
    forcedBy: list(NAME, 1_000),
    unknownActions: list(NAME, 100),
    lines: list(
      object({ sign: { enum: ["+", "-", " "] }, path: NAME, value: NAME }, { isText: { const: true } }),
      1_000,
    ),
    more: count,
  },
  {
    deposed: one("[A-Za-z0-9]+", 40),
    movedFrom: NAME,
    importedAs: NAME,
    // Ours, or Terraform's own word of a later version.
    reason: { type: "string", maxLength: 200, anyOf: [{ enum: REASONS }, one("[a-z][a-z0-9_]*")] },
  },
);

const COUNTS = object(
  Object.fromEntries(
    ["create", "update", "replace", "delete", "forget", "unknown", "import", "move", "drift", "outputs"].map(
      (name) => [name, count],
    ),
  ),
);

/** US dollars a month. */
const DOLLARS = { type: "number", minimum: -1e12, maximum: 1e12 } as const;
const AMOUNT = object({ low: DOLLARS, high: DOLLARS });

const PRICE = object({
  before: AMOUNT,
  after: AMOUNT,
  change: AMOUNT,
  unknown: { type: "object", maxProperties: 2_000, propertyNames: TYPE, additionalProperties: count },
  dearest: list(object({ address: NAME, change: AMOUNT }), MOST_LINES),
  pricesOf: one("\\d{4}-\\d{2}-\\d{2}"),
});

const STACK = object(
  {
    name: NAME,
    unit: NAME,
    status: { enum: ["changed", "unchanged", "deferred", "failed", "interrupted"] },
    counts: COUNTS,
    changes: list(CHANGE, 20_000),
    drift: list(CHANGE, 20_000),
    notes: list(object({ kind: { enum: NOTE_KINDS }, text: SENTENCE }), 20_000),
    risks: list(
      object({
        rule: { enum: Object.keys(RULES) },
        level: { enum: LEVELS },
        address: NAME,
        message: SENTENCE,
      }),
      50_000,
    ),
    files: object(
      {},
      {
        json: file("plan.json"),
        text: file("plan.txt"),
        error: file("error.txt"),
        saved: file("plan.tfplan.enc"),
      },
    ),
  },
  {
    environment: NAME,
    price: PRICE,
    dependencies: list(NAME, 2_000),
    deferred: object({
      on: list(NAME, 1_000),
      why: { enum: ["upstream-not-deployed", "upstream-changes", "upstream-deferred", "upstream-failed"] },
      reads: list(NAME, 10_000),
      message: SENTENCE,
    }),
    error: object({
      phase: { enum: ["init", "plan", "show"] },
      message: text(1_000_000),
      addresses: list(NAME, 10_000),
    }),
    affected: object({
      change: { enum: ["changed", "added", "downstream"] },
      reasons: list(SENTENCE, 1_000),
    }),
  },
);

/** What a report may hold: every field, every length. A field that is not known is refused. */
export const REPORT_SCHEMA = object(
  {
    format: { const: "groundplan.report" },
    version: { const: 1 },
    app: NAME,
    modified: { type: "boolean" },
    scope: object(
      { kind: { enum: ["all", "named", "affected"] } },
      { names: list(NAME, 5_000), base: NAME, mergeBase: COMMIT, everything: SENTENCE },
    ),
    outcome: { enum: ["complete", "interrupted", "failed"] },
    verdict: object({
      kind: { enum: ["failed", "incomplete", "attention", "changes", "unchanged"] },
      text: one(`No changes|(?:${VERDICT})(?:, (?:${VERDICT}))*`),
    }),
    stacks: list(STACK, 2_000),
    groups: list(list(NAME, 2_000), 2_000),
    left: count,
    removed: list(
      object({ name: NAME, unit: NAME, resources: list(NAME, 20_000) }, { environment: NAME }),
      2_000,
    ),
  },
  {
    failure: object({ message: text(1_000_000) }),
    promotion: list(NAME, 100),
    priceThreshold: { type: "number", minimum: 0, maximum: 1e12 },
    commit: COMMIT,
    pull: { type: "integer", minimum: 1, maximum: 1_000_000_000 },
  },
);
