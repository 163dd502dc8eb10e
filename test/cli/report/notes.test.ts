import { documentOf } from "../../../cli/plan/document";
import type { PlanJson } from "../../../cli/plan/plan-json";
import type { RawPlan } from "../../../cli/plan/raw";
import { Secrets } from "../../../cli/plan/secrets";
import { markdown } from "../../../cli/report/markdown";
import { isQuiet } from "../../../cli/report/report";
import { terminal } from "../../../cli/report/terminal";
import { warningsOf } from "../../../cli/terraform/diagnostics";
import { reportWith } from "./runs";

/** What each part of a plan is told as: the sentence, and the verdict of a plan that has nothing else. */
const PARTS: readonly (readonly [name: string, plan: PlanJson & object, text: string, verdict: string])[] = [
  [
    "an action",
    { action_invocations: [{ address: "action.aws_lambda_invoke.migrate" }] },
    "action.aws_lambda_invoke.migrate will be invoked",
    "1 action will be invoked",
  ],
  [
    "an action that a resource triggers",
    {
      action_invocations: [
        {
          address: "action.aws_lambda_invoke.migrate",
          lifecycle_action_trigger: {
            triggering_resource_address: "aws_db_instance.a",
            action_trigger_event: "AfterCreate",
          },
        },
      ],
    },
    "action.aws_lambda_invoke.migrate will be invoked after create of aws_db_instance.a",
    "1 action will be invoked",
  ],
  [
    "a failed check",
    {
      checks: [
        { address: { to_display: "check.a" }, status: "pass" },
        {
          address: { to_display: "check.certificate" },
          status: "fail",
          instances: [{ status: "fail", problems: [{ message: "it ends in two days" }] }],
        },
      ],
    },
    "check.certificate failed: it ends in two days",
    "1 check did not pass",
  ],
  [
    "a check that is not known yet",
    { checks: [{ address: { to_display: "check.url" }, status: "unknown" }] },
    "check.url is known only after the apply",
    "1 check did not pass",
  ],
  ["an incomplete plan", { complete: false }, "not everything was planned", "1 plan is incomplete"],
  ["a partial plan", { errored: true }, "Terraform ended with an error", "1 plan is incomplete"],
  [
    "a deferred change",
    {
      complete: false,
      deferred_changes: [
        {
          reason: "instance_count_unknown",
          resource_change: { address: "aws_x.a", type: "aws_x", change: { actions: ["create"] } },
        },
      ],
    },
    "aws_x.a: create is deferred: instance count unknown",
    "1 change is deferred",
  ],
  [
    "a warning",
    { warnings: ["Argument is deprecated Use another one."] },
    "Argument is deprecated Use another one.",
    "1 warning",
  ],
  [
    "what a later Terraform adds",
    { prophecies: [{ address: "aws_x.a" }] } as PlanJson,
    "the plan has prophecies, which this version of Groundplan does not know",
    "1 part of a plan is not known",
  ],
];

test.each(PARTS)("%s is told in every format, and is never no change", (_, plan, text, verdict) => {
  const report = reportWith({ "dev-a": documentOf(plan as RawPlan, new Secrets()) });
  expect(report.verdict.text).toBe(verdict);
  expect(isQuiet(report)).toBe(false);
  const page = markdown(report).replaceAll("\\_", "_");
  expect(page).toContain(text);
  expect(terminal(report).join("\n")).toContain(text);
});

test("planted fault: an action that the document drops is told nowhere, and would be no changes", () => {
  const [[, plan, text, verdict] = []] = PARTS.filter(([name]) => name === "an action");
  const { action_invocations: dropped, ...document } = documentOf(plan as RawPlan, new Secrets());
  const report = reportWith({ "dev-a": document });

  expect(dropped).toHaveLength(1);
  expect(report.verdict.text).not.toBe(verdict);
  expect(isQuiet(report)).toBe(true);
  expect(terminal(report).join("\n")).not.toContain(text);
});

test("what later formats add and leave empty says nothing", () => {
  const plan = { prophecies: [], mood: null, relevant_attributes: [{ resource: "aws_x.a" }] } as PlanJson;
  expect(reportWith({ "dev-a": documentOf(plan as RawPlan, new Secrets()) }).verdict.text).toBe("No changes");
});

test("an action's configuration is in no document, and a check's problem is masked", () => {
  const plan = {
    action_invocations: [{ address: "action.a.b", config_values: { payload: "super-secret" } }],
    checks: [
      {
        address: { to_display: "check.a" },
        status: "fail",
        instances: [{ status: "fail", problems: [{ message: "super-secret is wrong" }] }],
      },
    ],
  } as object;
  const document = documentOf(plan as RawPlan, new Secrets().addTexts(["super-secret"]));
  expect(JSON.stringify(document)).not.toContain("super-secret");
});

test("a deposed object is named as such, beside the deletion of the current one", () => {
  const gone = { actions: ["delete"], before: { id: "db" }, after: null };
  const database = { address: "aws_db_instance.orders", type: "aws_db_instance", change: gone };
  const report = reportWith({
    "prod-data": { resource_changes: [{ ...database, deposed: "5f3a9c01" }, database] },
  });
  const page = markdown(report);
  expect(page).toContain("- aws_db_instance.orders: deposed object 5f3a9c01 deleted");
  expect(page).toContain("- aws_db_instance.orders: deleted\n");
  expect(report.stacks[0]?.risks.map(({ rule, level }) => [rule, level])).toEqual([
    ["delete-stateful", "high"],
    ["delete", "medium"],
  ]);
  expect(page).not.toContain("`prod-data`, `prod-data`");
});

test("instances of one resource that are deleted are one line with their number", () => {
  const gone = { actions: ["delete"], before: { id: "a" }, after: null };
  const changes = [0, 1, 2, 3, 4].map((at) => ({
    address: `aws_eip.a[${at}]`,
    type: "aws_eip",
    action_reason: "delete_because_count_index",
    change: gone,
  }));
  const page = markdown(reportWith({ "dev-a": { resource_changes: changes } }));
  expect(page).toContain("- aws_eip.a (5 instances): deleted, its index is beyond count\n");
  expect(page).toContain("**Plan:** 0 to add, 0 to change, 5 to destroy");
});

test("reads the warnings that Terraform printed", () => {
  const output = `
Terraform will perform the following actions:

Plan: 1 to add, 0 to change, 0 to destroy.
╷
│ Warning: Deprecated attribute
│ 
│   with aws_x.a,
│   on cdk.tf.json line 12, in resource.aws_x.a:
│   12:       "region": "us-east-1",
│ 
│ The attribute "region" is deprecated. Refer to the provider documentation for
│ details.
╵
╷
│ Warning: Resource targeting is in effect
│ 
│ You are creating a plan with the -target option.
╵

─────────────────────────────────────────────────────────────────────────────
`;
  expect(warningsOf(output)).toEqual([
    'Deprecated attribute The attribute "region" is deprecated. Refer to the provider documentation for details.',
    "Resource targeting is in effect You are creating a plan with the -target option.",
  ]);
});
