import { SENSITIVE, SENSITIVE_CHANGED } from "../../../cli/input/text-mask";
import { countsOf, documentOf } from "../../../cli/plan/document";
import { MaskedNames } from "../../../cli/plan/masked-names";
import type { RawPlan } from "../../../cli/plan/raw";
import { Secrets } from "../../../cli/plan/secrets";

const names = new MaskedNames(["password", "*_token", "pin"]);

/** A plan of one resource, with nothing marked. */
function planOf(before: object | null, after: object): RawPlan {
  const actions = [before ? "update" : "create"];
  const change = { actions, before, after, before_sensitive: false, after_sensitive: {} } as never;
  return {
    resource_changes: [{ address: "aws_x.a", mode: "managed", type: "aws_x", name: "a", change }],
  };
}

function masked(before: object | null, after: object, by = names) {
  const plan = planOf(before, after);
  return documentOf(plan, new Secrets(by).addPlan(plan)).resource_changes?.[0]?.change;
}

test("nothing that nobody marked is masked by default", () => {
  expect(masked(null, { password: "Quiet Otter" }, new MaskedNames())?.after).toEqual({
    password: "Quiet Otter",
  });
});

test.each([
  ["an attribute", { password: "Quiet Otter" }, { password: SENSITIVE }],
  ["a short one", { pin: 47 }, { pin: SENSITIVE }],
  ["one of a pattern, in capitals", { API_TOKEN: "abc" }, { API_TOKEN: SENSITIVE }],
  [
    "one within blocks",
    { login: [{ user: "app", password: "ab" }] },
    { login: [{ user: "app", password: SENSITIVE }] },
  ],
  ["all of a list", { password: ["a", "b"] }, { password: SENSITIVE }],
  [
    "what stands beside its name",
    {
      environment: [
        { name: "DB_TOKEN", value: "ab" },
        { name: "DB_HOST", value: "db" },
      ],
    },
    {
      environment: [
        { name: "DB_TOKEN", value: SENSITIVE },
        { name: "DB_HOST", value: "db" },
      ],
    },
  ],
  [
    "a part of JSON in a text",
    { policy: '{"password":"Quiet Otter","host":"db"}' },
    { policy: `{"password":"${SENSITIVE}","host":"db"}` },
  ],
  [
    "JSON in a text with one that is too short to be found",
    { policy: '{"password":"ab"}' },
    { policy: SENSITIVE },
  ],
  [
    "a copy elsewhere",
    { password: "Quiet Otter", url: "pg://app:Quiet%20Otter@db" },
    { password: SENSITIVE, url: `pg://app:${SENSITIVE}@db` },
  ],
])("masks %s", (_, after, expected) => {
  expect(masked(null, after)?.after).toEqual(expected);
});

test("a name that only begins or ends like a masked one is shown", () => {
  expect(masked(null, { password_length: 12, tokens: "abc" })?.after).toEqual({
    password_length: 12,
    tokens: "abc",
  });
});

test("a change of what is masked is seen, and counts", () => {
  const plan = planOf({ password: "Quiet Otter" }, { password: "Loud Heron" });

  expect(masked({ password: "Quiet Otter" }, { password: "Loud Heron" })).toMatchObject({
    before: { password: SENSITIVE },
    after: { password: SENSITIVE_CHANGED },
  });
  expect(countsOf(plan).update).toBe(1);
});

test("an output and a variable of the name are masked", () => {
  const plan: RawPlan = {
    output_changes: { admin_token: { actions: ["create"], before: null, after: "ab" } },
    variables: { password: { value: { deep: "Quiet Otter" } } },
  };
  const secrets = new Secrets(names).addPlan(plan);

  expect(documentOf(plan, secrets).output_changes?.admin_token?.after).toBe(SENSITIVE);
  expect(secrets.scrub("invalid name: Quiet Otter")).toBe(`invalid name: ${SENSITIVE}`);
});

test("what the configuration has under the name is masked in an error, before there is a plan", () => {
  const json = {
    resource: { aws_x: { a: { password: "Quiet Otter", user: "application", pin: "${var.pin}" } } },
  };
  const secrets = new Secrets(names).addConfiguration({ name: "dev-a", folder: "/out/stacks/dev-a", json });

  expect(secrets.scrub("application: Quiet Otter ${var.pin}")).toBe(`application: ${SENSITIVE} \${var.pin}`);
});

test("Terraform's text of a plan has no value of the name, of one line or of several", () => {
  const text = `  # aws_x.a will be updated
  ~ resource "aws_x" "a" {
      ~ password = "a" -> "b" # forces replacement
        pin      = 47
      + api_token = [
          + "a",
          + "b",
        ]
      + env      = [
          + {
              + name  = "DB_TOKEN"
              + value = "a"
            },
          + {
              + name  = "DB_HOST"
              + value = "db"
            },
        ]
      ~ my_token = <<-EOT
            one
            two
        EOT
      + password = (known after apply)
        user     = "app"
    }
│   12: "password": "a",
│ password: must be longer`;

  expect(names.scrubLines(text)).toBe(`  # aws_x.a will be updated
  ~ resource "aws_x" "a" {
      ~ password = ${SENSITIVE} # forces replacement
        pin      = ${SENSITIVE}
      + api_token = ${SENSITIVE}
      + env      = [
          + {
              + name  = "DB_TOKEN"
              + value = ${SENSITIVE}
            },
          + {
              + name  = "DB_HOST"
              + value = "db"
            },
        ]
      ~ my_token = ${SENSITIVE}
      + password = (known after apply)
        user     = "app"
    }
│   12: "password": ${SENSITIVE},
│ password: must be longer`);
});
