import * as fc from "fast-check";
import { FORMATS, render } from "../../../cli/commands/report";
import type { Json } from "../../../cli/input/json";
import { countsOf, documentOf } from "../../../cli/plan/document";
import type { PlanJson } from "../../../cli/plan/plan-json";
import type { RawPlan } from "../../../cli/plan/raw";
import { PLAN_FORMAT, PLAN_VERSION, type PlanRun } from "../../../cli/plan/result";
import { Secrets } from "../../../cli/plan/secrets";
import type { Report } from "../../../cli/report/model";
import { reportOf } from "../../../cli/report/report";

// What is true of any plan: no secret is in any output, and the report counts what the plan does.

/** A secret of six characters or more, of any letters and signs, also over lines. */
const secret = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }) },
      { weight: 1, arbitrary: fc.constantFrom('"', "\\", "\n", "${", "%{", "<", "`", "|", " ", "é", "🦦") },
    ),
    { minLength: 2, maxLength: 6 },
  )
  .map((parts) => parts.join(""))
  .filter((text) => text.trim().length >= 6);

/** Where a secret stands; none says what it is. */
type Place =
  | {
      readonly kind: "marked" | "copied" | "in JSON" | "in a list";
      readonly of: number;
      readonly around: string;
    }
  | { readonly kind: "open"; readonly value: Json };

const place: fc.Arbitrary<Place> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("marked" as const, "copied" as const, "in JSON" as const, "in a list" as const),
    of: fc.nat(3),
    around: fc.string({ maxLength: 8 }),
  }),
  fc.record({
    kind: fc.constant("open" as const),
    value: fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
  }),
);

const ACTIONS = [
  ["create"],
  ["update"],
  ["delete"],
  ["delete", "create"],
  ["create", "delete"],
  ["forget"],
  ["create", "forget"],
  ["no-op"],
  ["read"],
];

const change = fc.record({
  actions: fc.constantFrom(...ACTIONS),
  before: fc.dictionary(fc.constantFrom("a", "b", "c", "d"), place),
  after: fc.dictionary(fc.constantFrom("a", "b", "c", "d"), place),
});

const shape = fc.record({
  resources: fc.array(
    fc.record({
      change,
      data: fc.boolean(),
      type: fc.constantFrom("aws_db_instance", "aws_sqs_queue", "aws_x"),
    }),
    { maxLength: 6 },
  ),
  drift: fc.array(change, { maxLength: 2 }),
  outputs: fc.array(change, { maxLength: 3 }),
  said: fc.array(fc.record({ of: fc.nat(3), around: fc.string({ maxLength: 8 }) }), { maxLength: 3 }),
});

type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

/** A plan in which some secrets stand. Each is marked somewhere, so that Terraform has said that it is one. */
function planOf({ resources, drift, outputs, said }: Shape, secrets: readonly string[]): RawPlan {
  const text = (of: number) => secrets[of % secrets.length] as string;
  const jsonOf = (one: Place): Json => {
    if (one.kind === "open") return one.value;
    if (one.kind === "marked") return text(one.of);
    if (one.kind === "in JSON") return JSON.stringify({ key: text(one.of), other: one.around });
    if (one.kind === "in a list") return [one.around, text(one.of)];
    return `${one.around}${text(one.of)}${one.around}`;
  };
  const side = (places: Readonly<Record<string, Place>>) =>
    Object.fromEntries(Object.entries(places).map(([key, one]) => [key, jsonOf(one)]));
  const marks = (places: Readonly<Record<string, Place>>) =>
    Object.fromEntries(
      Object.entries(places).flatMap(([key, { kind }]) => (kind === "marked" ? [[key, true]] : [])),
    );
  const made = ({ actions, before, after }: Shape["outputs"][number]) => ({
    actions,
    before: actions[0] === "create" && actions.length === 1 ? null : side(before),
    after: actions.at(-1) === "create" || actions.includes("update") ? side(after) : null,
    before_sensitive: marks(before),
    after_sensitive: marks(after),
  });
  const resource = (at: number, type: string, mode: string, one: Shape["outputs"][number]) => ({
    address: `${type}.r${at}`,
    mode,
    type,
    name: `r${at}`,
    change: made(one),
  });
  const all = Object.fromEntries(secrets.map((one, at) => [`s${at}`, one]));
  return {
    format_version: "1.2",
    terraform_version: "1.14.0",
    resource_changes: resources.map((one, at) =>
      resource(at, one.type, one.data ? "data" : "managed", one.change),
    ),
    resource_drift: drift.map((one, at) => resource(at, "aws_x", "managed", { ...one, actions: ["update"] })),
    output_changes: Object.fromEntries(outputs.map((one, at) => [`o${at}`, made(one)])),
    warnings: said.map(({ of, around }) => `${around}${text(of)}${around}`),
    checks: said.map(({ of, around }, at) => ({
      address: { to_display: `check.c${at}` },
      status: "fail",
      instances: [{ status: "fail", problems: [{ message: `${around} ${text(of)}` }] }],
    })),
    planned_values: { outputs: { all: { sensitive: true, value: all } } },
  };
}

function reportFrom(raw: RawPlan, document: PlanJson): Report {
  const run: PlanRun = {
    format: PLAN_FORMAT,
    version: PLAN_VERSION,
    groundplan: "0",
    terraform: "Terraform 1.14.0",
    app: ".",
    modified: false,
    started: "2026-01-01T00:00:00Z",
    seconds: 1,
    scope: { kind: "all" },
    outcome: "complete",
    stacks: [
      {
        name: "dev-shop",
        environment: "dev",
        unit: "shop",
        dependencies: [],
        status: "changed",
        counts: countsOf(raw),
        seconds: 1,
        files: {},
      },
    ],
    left: [],
    removed: [],
  };
  return reportOf(run, () => document, "brief", {});
}

type Masking = (raw: RawPlan) => PlanJson;
const masking: Masking = (raw) => documentOf(raw, new Secrets().addPlan(raw));

/** Everything that is written of a plan: its document, and its report in every format. */
function outputsOf(raw: RawPlan, mask: Masking, unmasked?: string): readonly string[] {
  const document = mask(raw);
  const written = FORMATS.map((format) => {
    const text = render(reportFrom(raw, format === unmasked ? withoutMarks(raw) : document), { format });
    return typeof text === "string" ? text : text.join("\n");
  });
  return [JSON.stringify(document), ...written];
}

/** A plan in which nothing says what is a secret: a report masks once more what is marked in the document that it reads. */
function withoutMarks({
  resource_changes,
  resource_drift,
  output_changes,
  warnings,
  checks,
}: RawPlan): PlanJson {
  return JSON.parse(
    JSON.stringify({ resource_changes, resource_drift, output_changes, warnings, checks }),
    (key, value) => (key.endsWith("_sensitive") ? undefined : value),
  ) as PlanJson;
}

const NEUTRAL = ["\u0001one", "\u0001two", "\u0001three", "\u0001four"];

/** No secret is in any output of a plan. @param unmasked - format whose output is made without the mask. */
const noSecret = (mask: Masking, unmasked?: string) =>
  fc.property(shape, fc.uniqueArray(secret, { minLength: 1, maxLength: 4 }), (plan, secrets) => {
    const outputs = outputsOf(planOf(plan, secrets), mask, unmasked);
    // What stands there without any secret are words of Terraform, of Groundplan, or open values.
    const own = outputsOf(planOf(plan, NEUTRAL), mask, unmasked).join("\n");
    return secrets.every((one) => {
      const html = one.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
      const forms = [one, JSON.stringify(one).slice(1, -1), html, html.replaceAll('"', "&quot;")];
      return forms.every((form) => own.includes(form) || outputs.every((text) => !text.includes(form)));
    });
  });

/** The report counts what the plan does, by its lists of actions alone. */
const sameCounts = (mask: Masking) =>
  fc.property(shape, (plan) => {
    const raw = planOf(plan, NEUTRAL);
    const { counts } = reportFrom(raw, mask(raw)).stacks[0] ?? {};
    const names = plan.resources.filter(({ data }) => !data).map(({ change: { actions } }) => actions.join());
    const of = (...lists: readonly string[]) => names.filter((name) => lists.includes(name)).length;
    expect(counts).toMatchObject({
      create: of("create"),
      update: of("update"),
      delete: of("delete"),
      replace: of("delete,create", "create,delete", "create,forget"),
      forget: of("forget"),
      outputs: plan.outputs.filter(({ actions }) => !["no-op", "read"].includes(actions[0] ?? "")).length,
    });
  });

const RUNS = { numRuns: 60 };

test("no secret of six characters or more is in any output of any plan", () => {
  fc.assert(noSecret(masking), RUNS);
});

// What SARIF has of a plan are risks, whose words hold no values.
test.each(FORMATS.filter((format) => format !== "sarif"))(
  "planted fault: an output that skips the mask is found, %s",
  (format) => {
    expect(fc.check(noSecret(masking, format), { ...RUNS, endOnFailure: true }).failed).toBe(true);
  },
);

test("the counts of the report are those of the plan", () => {
  fc.assert(sameCounts(masking), { numRuns: 100 });
});

type Changes = NonNullable<PlanJson["resource_changes"]>;
const lastOf = ({ actions = [], ...change }: Changes[number]["change"]) => ({
  ...change,
  actions: actions.slice(-1),
});

test.each<[string, (changes: Changes) => Changes]>([
  ["a change", (all) => all.slice(1)],
  ["one of two actions", (all) => all.map((one) => ({ ...one, change: lastOf(one.change) }))],
])("planted fault: %s that is dropped is found", (_, drop) => {
  const dropping: Masking = (raw) => {
    const document = masking(raw);
    return { ...document, resource_changes: drop(document.resource_changes ?? []) };
  };
  expect(fc.check(sameCounts(dropping), { numRuns: 300, endOnFailure: true }).failed).toBe(true);
});
