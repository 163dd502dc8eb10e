const TEXT = { type: "string" } as const;
const NAME = { type: "string", minLength: 1 } as const;
const TEXTS = { type: "array", items: TEXT } as const;
const NUMBER = { type: "number", minimum: 0 } as const;

/** An object; keys that are not known are let through: a later version may write them. */
const object = (
  required: Readonly<Record<string, object>>,
  optional: Readonly<Record<string, object>> = {},
) => ({ type: "object", required: Object.keys(required), properties: { ...required, ...optional } }) as const;

const COUNTS = object(
  Object.fromEntries(
    ["create", "update", "replace", "delete", "forget", "import", "move", "drift", "outputs"].map((name) => [
      name,
      { type: "integer", minimum: 0 },
    ]),
  ),
);

const STACK = object(
  {
    name: NAME,
    unit: TEXT,
    dependencies: TEXTS,
    status: { enum: ["changed", "unchanged", "deferred", "failed", "interrupted"] },
    seconds: NUMBER,
    files: object({}, { json: TEXT, text: TEXT, error: TEXT, saved: TEXT }),
  },
  {
    environment: TEXT,
    counts: COUNTS,
    deferred: object({ on: TEXTS, why: TEXT, reads: TEXTS, message: TEXT }),
    error: object({ phase: TEXT, message: TEXT, addresses: TEXTS }),
    affected: object({ change: TEXT, reasons: TEXTS }),
  },
);

/** What a plan's summary holds ({@link PlanRun}). */
export const RUN_SCHEMA = object(
  {
    format: TEXT,
    version: NUMBER,
    app: TEXT,
    modified: { type: "boolean" },
    scope: object(
      { kind: { enum: ["all", "named", "affected"] } },
      { names: TEXTS, base: TEXT, mergeBase: TEXT, everything: TEXT },
    ),
    outcome: { enum: ["complete", "interrupted", "failed"] },
    stacks: { type: "array", items: STACK },
    left: TEXTS,
    removed: {
      type: "array",
      items: object({ name: NAME, unit: TEXT, resources: TEXTS }, { environment: TEXT }),
    },
  },
  {
    commit: TEXT,
    promotion: TEXTS,
    failure: object({ message: TEXT }),
    shard: object({
      number: NUMBER,
      of: NUMBER,
      elsewhere: { type: "array", items: object({ name: NAME, unit: TEXT }, { environment: TEXT }) },
    }),
  },
);
