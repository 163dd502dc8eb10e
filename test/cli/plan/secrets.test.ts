import { countsOf, documentOf } from "../../../cli/plan/document";
import type { RawPlan, RawResourceChange } from "../../../cli/plan/raw";
import { SENSITIVE, SENSITIVE_CHANGED } from "../../../cli/plan/result";
import { redactChange, Secrets } from "../../../cli/plan/secrets";

function resource(
  change: RawResourceChange["change"],
  more: Partial<RawResourceChange> = {},
): RawResourceChange {
  return { address: "aws_x.a", mode: "managed", type: "aws_x", name: "a", change, ...more };
}

test("a secret is replaced where the mask says so, and a change of it is seen", () => {
  const change = redactChange({
    actions: ["update"],
    before: { password: "one", same: "two", list: [{ key: "three" }, { key: "four" }], name: "open" },
    after: { password: "ONE", same: "two", list: [{ key: "three" }, { key: "five" }], name: "open" },
    before_sensitive: { password: true, same: true, list: [{ key: true }, {}] },
    after_sensitive: { list: [{}, { key: true }] },
  });

  expect(change.before).toEqual({
    password: SENSITIVE,
    same: SENSITIVE,
    list: [{ key: SENSITIVE }, { key: SENSITIVE }],
    name: "open",
  });
  // What was a secret before is one after, though the new mask does not say so.
  expect(change.after).toEqual({
    password: SENSITIVE_CHANGED,
    same: SENSITIVE,
    list: [{ key: SENSITIVE }, { key: SENSITIVE_CHANGED }],
    name: "open",
  });
});

test("what only one side knows keeps its mask, and null stays", () => {
  const change = redactChange({
    actions: ["create"],
    before: null,
    after: { all: { deep: ["x"] }, none: null },
    before_sensitive: false,
    after_sensitive: { all: true, none: true },
  });

  expect(change).toMatchObject({ before: null, after: { all: SENSITIVE, none: null } });
});

test("a copy of a secret is found: in another attribute, in JSON, in a text, line by line", () => {
  const key = "-----BEGIN KEY-----\nMIIEowIBAAKCAQEA7\n-----END KEY-----";
  const plan: RawPlan = {
    resource_changes: [
      resource({
        actions: ["create"],
        before: null,
        after: {
          tags: { Token: 'a"quoted"secret' },
          tags_all: { Token: 'a"quoted"secret' },
          policy: '{"Token":"a\\"quoted\\"secret"}',
          key,
        },
        after_sensitive: { tags: { Token: true }, key: true },
      }),
    ],
  };
  const secrets = new Secrets().addPlan(plan);

  const text = JSON.stringify(documentOf(plan, secrets));

  expect(text).not.toContain("quoted");
  expect(text).not.toContain("MIIE");
  expect(secrets.scrub("  + MIIEowIBAAKCAQEA7")).toBe(`  + ${SENSITIVE}`);
});

test("secrets of the state, the outputs and the variables are known too", () => {
  const secrets = new Secrets().addPlan({
    variables: { token: { value: "token-of-a-variable" }, region: { value: "eu-central-1" } },
    configuration: { root_module: { variables: { token: { sensitive: true }, region: {} } } },
    prior_state: {
      values: {
        outputs: { password: { sensitive: true, value: "password-of-an-output" } },
        root_module: {
          child_modules: [
            {
              resources: [
                {
                  mode: "managed",
                  type: "aws_x",
                  values: { secret: "secret-of-the-state", name: "shown" },
                  sensitive_values: { secret: true },
                },
              ],
            },
          ],
        },
      },
    },
  });

  expect(secrets.scrub("token-of-a-variable password-of-an-output secret-of-the-state")).toBe(
    `${SENSITIVE} ${SENSITIVE} ${SENSITIVE}`,
  );
  expect(secrets.scrub("eu-central-1 shown")).toBe("eu-central-1 shown");
});

test("a data source that shows the same value in clear makes it no secret", () => {
  const values = { value: "vpc-0123456789", insecure_value: "vpc-0123456789" };
  const state = (mode: string, type: string): RawPlan => ({
    prior_state: {
      values: { root_module: { resources: [{ mode, type, values, sensitive_values: { value: true } }] } },
    },
  });

  expect(new Secrets().addPlan(state("data", "aws_ssm_parameter")).scrub("vpc-0123456789")).toBe(
    "vpc-0123456789",
  );
  expect(new Secrets().addPlan(state("managed", "aws_db_instance")).scrub("vpc-0123456789")).toBe(SENSITIVE);
});

test("the document leaves out what no reader needs, and what later versions of Terraform add", () => {
  const plan = {
    resource_changes: [
      resource({ actions: ["no-op"], generated_config: "password" } as RawResourceChange["change"]),
    ],
    prior_state: {},
    planned_values: {},
    variables: { a: { value: "b" } },
    configuration: {},
  };

  const document = documentOf(plan, new Secrets());

  expect(Object.keys(document).sort()).toEqual(["output_changes", "resource_changes", "resource_drift"]);
  expect(document.resource_changes?.[0]?.change).toEqual({ actions: ["no-op"] });
});

test("counts tell replacements, imports, moves and drift apart", () => {
  const change = (...actions: string[]) => ({ actions, before: null, after: null });
  const counts = countsOf({
    resource_changes: [
      resource(change("create")),
      resource(change("delete", "create")),
      resource(change("create", "forget")),
      resource(change("forget")),
      resource({ ...change("no-op"), importing: { id: "x" } }),
      resource(change("update"), { previous_address: "aws_x.b" }),
      resource(change("read"), { mode: "data" }),
      resource(change("something-new")),
    ],
    resource_drift: [
      resource({ actions: ["update"], before: { tags: null, name: "a" }, after: { tags: {}, name: "a" } }),
      resource({ actions: ["update"], before: { name: "a" }, after: { name: "b" } }),
      resource({ actions: ["delete"], before: { name: "a" }, after: null }),
    ],
    output_changes: { same: change("no-op"), other: change("update") },
  });

  expect(counts).toEqual({
    create: 1,
    update: 1,
    replace: 2,
    delete: 0,
    forget: 1,
    import: 1,
    move: 1,
    drift: 2,
    outputs: 1,
  });
});
