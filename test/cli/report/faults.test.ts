import { readdirSync } from "node:fs";
import { join } from "node:path";
import { markdown } from "../../../cli/report/markdown";
import { readReports } from "../../../cli/report/read";
import { terminal } from "../../../cli/report/terminal";

// Plans that were once told wrongly: what `terraform show -json` prints of each, read as `groundplan report` reads it.

const FOLDER = join(__dirname, "faults");

const reportOf = (id: string) =>
  readReports(
    readdirSync(join(FOLDER, id)).map((file) => `${file.replace(".json", "")}=${join(FOLDER, id, file)}`),
  );

interface Told {
  /** What the verdict says. */
  readonly verdict: string;

  /** Lines that stand in the comment. */
  readonly says: readonly string[];

  /** What stood there when it was wrong. */
  readonly never: readonly string[];
}

const apart = (tag: string, other: string): Told => ({
  verdict: "2 stacks will change",
  says: [tag, other].map((one) => `+   image_uri = "registry.test/shop:${one}"`),
  never: ["and the same in"],
});

const FAULTS: readonly (readonly [id: string, what: string, told: Told])[] = [
  [
    "02",
    "a long value shows the part that changes",
    {
      verdict: "1 stack will change, 1 resource will be deleted or replaced",
      says: [
        '-   container_definitions[1].image = "registry.test/logs:1.0"',
        '+   container_definitions[1].image = "registry.test/logs:9.9"',
        "-   values[0].rules[35].threshold = 10",
        "+   values[0].rules[35].threshold = 99",
        "+   user_data.rules[35].threshold = 99",
      ],
      never: ["rules[34]", "logs-"],
    },
  ],
  ["03", "another tag in prod is another diff", apart("main-3f9c2d1a", "main-7be01c44")],
  ["03b", "another date in prod is another diff", apart("release-20260115", "release-20251201")],
  ["03c", "another minute in prod is another diff", apart("202601151230", "202512010915")],
  [
    "04",
    "a deposed object is not the database that is in use",
    {
      verdict: "1 stack will change, 1 resource will be deleted or replaced",
      says: ["- aws_db_instance.orders: deposed object 5f3a9c01 deleted"],
      never: ["with what it holds", "- aws_db_instance.orders: deleted"],
    },
  ],
  [
    "04b",
    "a deposed object and the current one are two, of one stack",
    {
      verdict: "1 stack will change, 2 resources will be deleted or replaced, 1 risk to decide about",
      says: [
        "- aws_db_instance.orders: deposed object 5f3a9c01 deleted",
        "- aws_db_instance.orders: deleted",
        "**delete-stateful** `aws_db_instance.orders` in `prod-data`: deleted, with what it holds",
      ],
      never: ["`prod-data`, `prod-data`"],
    },
  ],
  [
    "05",
    "an action is told beside a change",
    {
      verdict: "1 stack will change, 2 actions will be invoked",
      says: [
        "- `prod-shop`: action.aws_lambda_invoke.migrate will be invoked after update of aws_lambda_function.shop",
        "- `prod-data`: action.aws_lambda_invoke.migrate will be invoked",
      ],
      never: [],
    },
  ],
  [
    "05b",
    "an action alone is told",
    {
      verdict: "1 action will be invoked",
      says: ["- `prod-data`: action.aws_lambda_invoke.migrate will be invoked"],
      never: ["No changes"],
    },
  ],
  [
    "06",
    "a failed check is told",
    {
      verdict: "1 check did not pass",
      says: ["- `prod-shop`: check.certificate failed: the certificate ends in two days"],
      never: ["No changes"],
    },
  ],
  [
    "07",
    "a secret that is the word delete leaves Terraform's actions",
    {
      verdict: "1 stack will change, 2 resources will be deleted or replaced, 2 risks to decide about",
      says: [
        "! aws_db_instance.orders: replaced, forced by identifier",
        "- aws_dynamodb_table.carts: deleted",
      ],
      never: ["unknown", "(sensitive value)"],
    },
  ],
  [
    "07b",
    "a secret that is a resource's name leaves its address",
    {
      verdict: "1 stack will change, 1 resource will be deleted or replaced, 1 risk to decide about",
      says: ["- aws_db_instance.postgres: deleted"],
      never: ["(sensitive value)"],
    },
  ],
  [
    "08",
    "numbers beyond 2^53 keep every digit",
    {
      verdict: "1 stack will change",
      says: ["-   input = 9007199254740992", "+   input = 9007199254740993"],
      never: [],
    },
  ],
  [
    "09",
    "a plan of a part is no change of nothing",
    {
      verdict: "1 plan is incomplete",
      says: ["- `prod-shop`: not everything was planned, e.g. by -target: plan again after the apply"],
      never: ["No changes"],
    },
  ],
  [
    "09b",
    "a deferred change is told",
    {
      verdict: "1 change is deferred",
      says: ['aws_db_instance.orders["a"]: create is deferred: instance count unknown'],
      never: ["No changes"],
    },
  ],
  [
    "10",
    "what forces a replacement has its old value",
    {
      verdict: "1 stack will change, 1 resource will be deleted or replaced, 1 risk to decide about",
      says: ['-   subnet_id = "subnet-0aaa1111bbb2222c3"', "+   subnet_id = (known after apply)"],
      never: [],
    },
  ],
  [
    "10b",
    "an update to what is not known yet has a line",
    {
      verdict: "1 stack will change",
      says: ["+   iam_instance_profile = (known after apply)", "+   kms_key_arn = (known after apply)"],
      never: [],
    },
  ],
  [
    "11",
    "a reordered list says so, and where",
    {
      verdict: "1 stack will change",
      says: [
        "    l = (the same 60 elements in another order)",
        '-   l[30…31] = ["10.30.0.0/16", "10.31.0.0/16"]',
        '+   l[30…31] = ["10.31.0.0/16", "10.30.0.0/16"]',
      ],
      never: [],
    },
  ],
];

test.each(FAULTS)("%s: %s", (id, _, { verdict, says, never }) => {
  const report = reportOf(id);
  const comment = markdown(report).replaceAll("\\_", "_");
  const shown = terminal(report, { diff: true }).join("\n");

  expect(report.verdict.text).toBe(verdict);
  for (const text of says) expect(comment).toContain(text);
  for (const text of never) expect(comment).not.toContain(text);
  for (const text of never) expect(shown).not.toContain(text);
});

test("every plan that is kept here is told of", () => {
  expect(FAULTS.map(([id]) => id)).toEqual(readdirSync(FOLDER).sort());
});
