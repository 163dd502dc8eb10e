import fc from "fast-check";
import type { PlanJson } from "../../../cli/plan/plan-json";
import { markdown } from "../../../cli/report/markdown";
import { reportOf } from "../../../cli/report/report";
import { escapes, HOSTILE, tokens } from "./hostile";
import { planned, realPlan, reportWith, resource, runOf, SECRETS } from "./runs";

/** Whether every fold and every fence is closed. */
function isWhole(text: string): boolean {
  const folds = tokens(text).filter(({ type }) => type === "html");
  const opened = folds.filter(({ raw }) => raw.startsWith("<details>")).length;
  return opened === folds.filter(({ raw }) => raw.startsWith("</details>")).length;
}

const where = { runUrl: "https://github.com/a/b/actions/runs/1", artifact: "groundplan-plan" };

describe("a real plan", () => {
  const text = markdown(
    reportWith({ "dev-api": realPlan("everything"), "prod-api": realPlan("everything") }),
    where,
  );

  test("begins with the verdict and the commit", () => {
    expect(text.split("\n").slice(0, 5)).toEqual([
      "## ⚠️ Plan: 2 stacks will change, 8 resources will be deleted or replaced, 18 risks to decide about",
      "",
      "**Plan:** 2 to import, 8 to add, 16 to change, 8 to destroy, 2 to forget",
      "",
      "commit `0123456789ab` · 2 stacks planned",
    ]);
  });

  test("risks come before the table, the table before the diffs", () => {
    expect(text.indexOf("### Risks")).toBeLessThan(text.indexOf("### Changes"));
    expect(text.indexOf("### Changes")).toBeLessThan(text.indexOf("### Diffs"));
    expect(text).toContain(
      "**replace-stateful** `aws_dynamodb_table.carts` in `dev-api`, `prod-api`: replaced, with what it holds, forced by hash\\_key",
    );
  });

  test("the table is stack by environment", () => {
    expect(text).toContain("| stack | `dev` | `prod` |\n|---|---|---|\n| `api` | +2 ~8 ±2 −2 ");
  });

  test("environments with the same change are one diff", () => {
    expect(text.match(/<details><summary>(?!Graph)/g)).toHaveLength(1);
    expect(text).toContain("and the same in <code>prod-api</code>");
  });

  test("holds no secret and lets nothing out", () => {
    for (const secret of SECRETS) expect(text).not.toContain(secret);
    expect(escapes(text)).toEqual([]);
    expect(isWhole(text)).toBe(true);
  });
});

describe("hostile names", () => {
  const cases = HOSTILE.flatMap((name) => [0, 1, 3].map((at) => [name, at] as const));
  test.each(cases)("%j stays text everywhere (%i)", (name, at) => {
    const change = resource(
      `aws_s3_bucket.b[${name}]`,
      ["delete", "create"],
      { [name]: name },
      { [name]: `${name}2` },
      {
        replace_paths: [[name]],
        action_reason: name,
        previous_address: name,
        importing: { id: name },
      },
    );
    const open = resource(
      name,
      ["create"],
      null,
      { type: "ingress", cidr_blocks: ["0.0.0.0/0"], protocol: name },
      {
        type: "aws_security_group_rule",
      },
    );
    const odd = resource(name, [name], {}, { a: name });
    const plan: PlanJson = {
      resource_changes: [change, open, odd],
      resource_drift: [change],
      output_changes: { [name]: { actions: ["create"], before: null, after: name } },
    };
    const run = runOf(
      [
        planned(name, {
          environment: name,
          unit: name,
          affected: { change: "changed", reasons: [`${name}: ${name}`, name] },
        }),
        planned("dev-b", {
          status: "deferred",
          deferred: { on: [name], why: "upstream-changes", reads: [name], message: name },
        }),
        planned("dev-c", {
          status: "failed",
          error: { phase: "plan", message: `Error: ${name}\n${name}`, addresses: [name] },
        }),
      ],
      {
        app: name,
        // Everything at once, except for the reasons of each stack, which stand for it.
        scope: { kind: "affected", base: name, ...(at % 2 === 0 ? { everything: name } : {}) },
        ...(at % 3 === 0 ? { outcome: "failed", failure: { message: `${name}\n${name}` } } : {}),
        removed: [{ name, unit: name, resources: [name] }],
      },
    );
    const text = markdown(
      reportOf(run, (stack) => (stack === name ? plan : undefined)),
      where,
    );

    expect(escapes(text)).toEqual([]);
    expect(isWhole(text)).toBe(true);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(60_000);
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
  });

  test("the check itself finds what gets out", () => {
    expect(escapes("hello @octocat")).not.toEqual([]);
    expect(escapes("a <b>c</b>")).not.toEqual([]);
    expect(escapes("[x](http://e.x)")).not.toEqual([]);
    expect(isWhole("<details><summary>a</summary>\n\n```diff\nx\n")).toBe(false);
  });
});

/** A plan of some resources with some attributes each. */
function large(resources: number, attributes: number, length = 20): PlanJson {
  const values = (tag: string) =>
    Object.fromEntries(
      Array.from({ length: attributes }, (_, at) => [`attribute_${at}`, `${tag}${"v".repeat(length)}`]),
    );
  return {
    resource_changes: Array.from({ length: resources }, (_, at) =>
      resource(
        `aws_ssm_parameter.p[${at}]`,
        at % 7 === 0 ? ["delete"] : ["update"],
        values("a"),
        at % 7 === 0 ? null : values("b"),
      ),
    ),
  };
}

/** Resources that a text has diffs of; the instances of one that are only deleted are one line. */
function shownIn(text: string): number {
  const heads = text.matchAll(/^[-+!] aws_ssm_parameter\.p(?:\[\d+\]| \((\d+) instances\)): /gm);
  return [...heads].reduce((sum, [, instances]) => sum + Number(instances ?? 1), 0);
}

describe("within its budget", () => {
  test("60 stacks in one comment: every stack is in the table", () => {
    const plans = Object.fromEntries(
      ["dev", "staging", "prod"].flatMap((environment) =>
        Array.from({ length: 20 }, (_, at) => [`${environment}-unit${at}`, large(at + 1, 6)]),
      ),
    );
    const text = markdown(reportWith(plans), where);

    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(60_000);
    for (let at = 0; at < 20; at++) expect(text).toContain(`| \`unit${at}\` |`);
    expect(isWhole(text)).toBe(true);
    expect(text).toContain("and the same in <code>staging-unit19</code>, <code>prod-unit19</code>");
  });

  test("a diff of 5 MB is cut between resources, and says what is left out and where it is", () => {
    const plan = large(500, 40, 260);
    expect(JSON.stringify(plan).length).toBeGreaterThan(5_000_000);

    const text = markdown(reportWith({ "dev-api": plan }), where);

    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(60_000);
    expect(Buffer.byteLength(text)).toBeGreaterThan(20_000);
    const shown = shownIn(text);
    expect(shown).toBeGreaterThan(10);
    expect(text).toContain(`the diffs of ${500 - shown} resources (\`dev-api\` ${500 - shown})`);
    expect(text).toContain(
      "in the artifact `groundplan-plan` of [this run](https://github.com/a/b/actions/runs/1)",
    );
  });

  test("names of four-byte letters leave room for the verdict and for what was left out", () => {
    const name = "\u{1f4a5}".repeat(400);
    const plans = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`${name}-a${at}`, large(30, 9)]));
    const scope = { kind: "affected", base: name, everything: name } as const;
    const text = markdown(reportWith(plans, { app: name, scope }), {
      ...where,
      artifact: name,
      limit: 4_000,
    });

    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4_000);
    expect(text).toMatch(/^## \u26a0\ufe0f Plan/);
    expect(text).toContain("the diffs of 360 resources (12 stacks)");
  });

  test("in bytes, whatever the plan: nothing is lost without being counted", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: "grapheme", maxLength: 300 }), fc.nat(60), fc.nat(12)), {
          maxLength: 12,
        }),
        fc.integer({ min: 4_000, max: 70_000 }),
        (stacks, limit) => {
          const plans = Object.fromEntries(
            stacks.map(([name, resources, attributes], at) => [
              `${name}-${at}`,
              large(resources, attributes + 1),
            ]),
          );
          const report = reportWith(plans);
          const text = markdown(report, { ...where, limit });
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
          expect(isWhole(text)).toBe(true);
          expect(escapes(text)).toEqual([]);
          const shown = shownIn(text);
          const left = Number(/the diffs of (\d+) resources/.exec(text)?.[1] ?? 0);
          const all = report.groups.reduce((sum, [first]) => {
            return sum + (report.stacks.find(({ name }) => name === first)?.changes.length ?? 0);
          }, 0);
          expect(shown + left).toBe(all);
        },
      ),
      { numRuns: 60 },
    );
  });
});

test("errors are open, deferred stacks and their upstream are named", () => {
  const error = { phase: "plan", message: "Error: no such bucket\n  at dev-b", addresses: [] } as const;
  const deferred = {
    on: ["dev-b"],
    why: "upstream-failed",
    reads: ["data.aws_ssm_parameter.b"],
    message: "dev-b could not be planned",
  } as const;
  const run = runOf([
    planned("dev-b", { status: "failed", error }),
    planned("dev-c", { status: "deferred", deferred }),
  ]);
  const text = markdown(reportOf(run, () => undefined));

  expect(text).toContain("**`dev-b` failed** (plan)\n\n```\nError: no such bucket\n  at dev-b\n```");
  expect(text).toContain("- `dev-c` waits for `dev-b`: dev-b could not be planned");
  expect(text).not.toContain("<details>");
});

test("an app that does not synthesize: its error is open, and there is nothing else", () => {
  const failure = {
    message: "the synth failed\n  at /app (node main.js)\n  TypeError: fill is not a function",
  };
  const text = markdown(reportOf(runOf([], { outcome: "failed", failure }), () => undefined));

  expect(text.trim()).toBe(
    "## ❌ Plan: Nothing could be planned\n\ncommit `0123456789ab` · 0 stacks planned\n\n```\nthe synth failed\n  at /app (node main.js)\n  TypeError: fill is not a function\n```",
  );
});

describe("why stacks were planned", () => {
  const affected = (...reasons: string[]) => ({ affected: { change: "changed", reasons } }) as const;
  const stacks = [
    planned("dev-network", affected("aws_vpc.main: cidr_block")),
    planned("prod-network", affected("aws_vpc.main: cidr_block")),
    planned("dev-app", { affected: { change: "downstream", reasons: ["downstream of dev-network"] } }),
    planned("dev-docs", affected("a.a: b", "a.b: b", "a.c: b", "a.d: b", "and 3 more")),
  ];
  const textOf = (everything?: string) => {
    const scope = { kind: "affected", base: "main", ...(everything ? { everything } : {}) } as const;
    return markdown(reportOf(runOf(stacks, { scope }), () => ({})));
  };

  test("a folded line for all stacks with the same reasons", () => {
    expect(textOf()).toContain(`<details><summary>Why these stacks were planned</summary>

- \`dev-network\`, \`prod-network\` changed: aws\\_vpc.main: cidr\\_block
- \`dev-app\` downstream: downstream of dev-network
- \`dev-docs\` changed: a.a: b; a.b: b; a.c: b; 2 more

</details>`);
  });

  test("is not said stack by stack when everything was planned", () => {
    expect(textOf("the base does not synthesize")).not.toContain("Why these");
    expect(textOf("the base does not synthesize")).toContain("Everything was planned: ");
  });
});

test.each([
  ["https://github.com/a/b/actions/runs/1/artifacts/2", true],
  ["javascript:alert(1)", false],
  ["https://x)[y](https://z", false],
])("the page at %s is linked: %s", (pageUrl, isLinked) => {
  const text = markdown(reportWith({ "dev-api": realPlan("everything") }), { ...where, pageUrl });
  expect(text.includes(`[every diff on one page](${pageUrl})`)).toBe(isLinked);
  expect(text.includes("every diff on one page")).toBe(isLinked);
});
