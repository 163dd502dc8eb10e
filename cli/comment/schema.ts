import { ACTIONS } from "../report/action";

const text = (maxLength: number) => ({ type: "string", maxLength }) as const;
const count = { type: "integer", minimum: 0, maximum: 1_000_000_000 } as const;
const list = (items: object, maxItems: number) => ({ type: "array", maxItems, items }) as const;
const NAME = text(2_000);
const SENTENCE = text(20_000);

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
    type: NAME,
    action: { enum: ACTIONS },
    deletes: { type: "boolean" },
    forcedBy: list(NAME, 1_000),
    unknownActions: list(NAME, 100),
    lines: list(object({ sign: { enum: ["+", "-"] }, path: NAME, value: NAME }), 1_000),
    more: count,
  },
  { movedFrom: NAME, importedAs: NAME, reason: NAME },
);

const COUNTS = object(
  Object.fromEntries(
    ["create", "update", "replace", "delete", "forget", "unknown", "import", "move", "drift", "outputs"].map(
      (name) => [name, count],
    ),
  ),
);

const STACK = object(
  {
    name: NAME,
    unit: NAME,
    status: { enum: ["changed", "unchanged", "deferred", "failed", "interrupted"] },
    counts: COUNTS,
    changes: list(CHANGE, 20_000),
    drift: list(CHANGE, 20_000),
    risks: list(
      object({ rule: NAME, level: { enum: ["high", "medium", "low"] }, address: NAME, message: SENTENCE }),
      50_000,
    ),
    files: object({}, { json: NAME, text: NAME, error: NAME, saved: NAME }),
  },
  {
    environment: NAME,
    deferred: object({
      on: list(NAME, 1_000),
      why: NAME,
      reads: list(NAME, 10_000),
      message: SENTENCE,
    }),
    error: object({ phase: NAME, message: text(1_000_000), addresses: list(NAME, 10_000) }),
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
      { names: list(NAME, 5_000), base: NAME, mergeBase: NAME, everything: SENTENCE },
    ),
    outcome: { enum: ["complete", "interrupted", "failed"] },
    verdict: object({
      kind: { enum: ["failed", "incomplete", "attention", "changes", "unchanged"] },
      text: NAME,
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
    commit: { type: "string", pattern: "^[0-9a-f]{40}$" },
    pull: { type: "integer", minimum: 1, maximum: 1_000_000_000 },
  },
);
