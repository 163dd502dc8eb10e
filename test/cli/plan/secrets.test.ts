import { SENSITIVE, SENSITIVE_CHANGED } from "../../../cli/input/text-mask";
import { countsOf, documentOf } from "../../../cli/plan/document";
import type { ResourceChangeJson } from "../../../cli/plan/plan-json";
import type { RawPlan } from "../../../cli/plan/raw";
import { redactChange } from "../../../cli/plan/redact";
import { Secrets } from "../../../cli/plan/secrets";

function resource(
  change: ResourceChangeJson["change"],
  more: Partial<ResourceChangeJson> = {},
): ResourceChangeJson {
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

test("a secret with signs that begin an expression is found as Terraform quotes it", () => {
  const secrets = new Secrets();
  secrets.addTexts(["pass${word}%{x}"]);
  expect(secrets.scrub('value = "pass$${word}%%{x}"')).toBe(`value = "${SENSITIVE}"`);
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

const SECRET = 'p4ß&w/"r+d <ü$${x}';
const base64 = (text: string) => Buffer.from(text).toString("base64");

test.each([
  ["in a URL", `https://a:${encodeURIComponent(SECRET)}@b`],
  ["in a URL in small letters", encodeURIComponent(SECRET).replaceAll(/%../g, (code) => code.toLowerCase())],
  ["in a form", new URLSearchParams({ password: SECRET }).toString()],
  ["in base64", base64(SECRET)],
  ["within a text in base64", base64(`user:${SECRET}`)],
  ["within another", `Basic ${base64(`admin:${SECRET}\n`)}`],
  ["in base64 for URLs", Buffer.from(`ab${SECRET}`).toString("base64url")],
  ["in JSON", JSON.stringify({ a: SECRET })],
  ["in JSON within JSON", JSON.stringify({ a: JSON.stringify({ b: SECRET }) })],
  [
    "in JSON as Terraform writes it",
    JSON.stringify({ a: SECRET }).replace("&", "\\u0026").replace("<", "\\u003c"),
  ],
])("a copy %s is found", (_, copy) => {
  const plan: RawPlan = {
    resource_changes: [
      resource({ actions: ["create"], after: { secret: SECRET, copy }, after_sensitive: { secret: true } }),
    ],
  };
  const secrets = new Secrets().addPlan(plan);

  const [made] = documentOf(plan, secrets).resource_changes ?? [];
  const written = Object(made?.change.after).copy as string;

  expect(written).toContain(SENSITIVE);
  // No more is left than what stands around it.
  expect(written.replace(SENSITIVE, "").length).toBeLessThanOrEqual(22);
});

test("a number that is a secret is found in a text, and as a number", () => {
  const plan: RawPlan = {
    resource_changes: [
      resource({
        actions: ["create"],
        after: { pin: 90817263, copy: 90817263, text: "pin 90817263", port: 443, other: "443" },
        after_sensitive: { pin: true, port: true },
      }),
    ],
  };

  const [made] = documentOf(plan, new Secrets().addPlan(plan)).resource_changes ?? [];

  expect(made?.change.after).toEqual({
    pin: SENSITIVE,
    copy: SENSITIVE,
    text: `pin ${SENSITIVE}`,
    port: SENSITIVE,
    // Too short to be looked for.
    other: "443",
  });
});

test("a parameter's value that insecure_value shows in clear is no secret; anything else that shows it is a copy", () => {
  const state = (mode: string, type: string, values: object): RawPlan => ({
    prior_state: {
      values: { root_module: { resources: [{ mode, type, values, sensitive_values: { value: true } }] } },
    },
  });
  const scrubbed = (mode: string, type: string, more: object) =>
    new Secrets().addPlan(state(mode, type, { value: "vpc-0123456789", ...more })).scrub("vpc-0123456789");

  const clear = { insecure_value: "vpc-0123456789" };
  expect(scrubbed("data", "aws_ssm_parameter", clear)).toBe("vpc-0123456789");
  expect(scrubbed("managed", "aws_ssm_parameter", clear)).toBe("vpc-0123456789");
  expect(scrubbed("managed", "aws_ssm_parameter", { description: "vpc-0123456789" })).toBe(SENSITIVE);
  expect(scrubbed("data", "aws_ssm_parameter", { insecure_value: null, name: "vpc-0123456789" })).toBe(
    SENSITIVE,
  );
  expect(scrubbed("data", "aws_db_instance", clear)).toBe(SENSITIVE);
  expect(scrubbed("managed", "aws_db_instance", clear)).toBe(SENSITIVE);
});

test("the document leaves out what no reader needs, and what later versions of Terraform add", () => {
  const plan = {
    resource_changes: [
      resource({ actions: ["no-op"], generated_config: "password" } as ResourceChangeJson["change"]),
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

/** A database whose password is a word of Terraform's own. */
function database(password: string, more: Partial<ResourceChangeJson> = {}): RawPlan {
  const values = { password, copy: password, id: "db-1" };
  return {
    resource_changes: [
      resource(
        {
          actions: ["delete", "create"],
          before: values,
          after: values,
          before_sensitive: { password: true },
          after_sensitive: { password: true },
        },
        {
          address: "module.postgres.aws_db_instance.postgres",
          type: "aws_db_instance",
          name: "postgres",
          ...more,
        },
      ),
    ],
  };
}

test.each(["delete", "create", "postgres", "aws_db_instance", "module.postgres"])(
  "a secret that is the word %s is masked where values stand, and nowhere else",
  (word) => {
    const plan = database(word);
    const secrets = new Secrets().addPlan(plan);
    const [made] = documentOf(plan, secrets).resource_changes ?? [];
    expect(made).toMatchObject({
      address: "module.postgres.aws_db_instance.postgres",
      type: "aws_db_instance",
      change: { actions: ["delete", "create"], before: { copy: SENSITIVE }, after: { copy: SENSITIVE } },
    });
    const text = `  # module.postgres.aws_db_instance.postgres will be deleted, then created\n  copy = "${word}"`;
    expect(secrets.scrub(text)).toBe(text.replace(`"${word}"`, `"${SENSITIVE}"`));
  },
);

test("two secrets as keys are two entries", () => {
  const secrets = new Secrets().addTexts(["first-secret", "second-secret"]);
  expect(secrets.scrubValue({ "first-secret": 1, "second-secret": 2 })).toEqual({
    [SENSITIVE]: 1,
    [`${SENSITIVE} 2`]: 2,
  });
});

test("of secrets that overlap nothing is left", () => {
  const secrets = new Secrets().addTexts(["abcdefgh", "efghijkl"]);
  expect(secrets.scrub("x abcdefghijkl y")).toBe(`x ${SENSITIVE} y`);
});

test("what is masked already stays as it is", () => {
  const plan = database("super-secret");
  const once = documentOf(plan, new Secrets().addPlan(plan));
  expect(documentOf(once, new Secrets().addPlan(once))).toEqual(once);
});

test("Terraform's words for the parts of a stack are known before there is a plan", () => {
  const json = { resource: { aws_db_instance: { postgres: { username: "postgres" } } } };
  const secrets = new Secrets()
    .addTexts(["postgres"])
    .addConfiguration({ name: "dev-postgres", folder: "/out/stacks/dev-postgres", json });

  expect(secrets.scrub('with aws_db_instance.postgres, user "postgres"')).toBe(
    `with aws_db_instance.postgres, user "${SENSITIVE}"`,
  );
  expect(secrets.scrub("at /out/stacks/dev-postgres")).toBe("at /out/stacks/dev-postgres");
});

describe("while Terraform prints", () => {
  const secrets = new Secrets().addTexts(["Quiet Otter Forty Two", "Quiet Heron"]);

  test.each([
    [
      "a secret over two lines",
      "│ the name Quiet Otter\n│ Forty Two is taken\n",
      `│ the name ${SENSITIVE} is taken\n`,
    ],
    ["the beginning of one, of which more may come", "│ the name Quiet Otter\n", `│ the name ${SENSITIVE}`],
    ["the beginning of one within a line", "the name Quiet Ott", `the name ${SENSITIVE}`],
    ["nothing of another text", "│ the name Quiet Oyster\n", "│ the name Quiet Oyster\n"],
  ])("masks %s", (_, text, expected) => {
    expect(secrets.scrubUnfinished(text)).toBe(expected);
  });
});
