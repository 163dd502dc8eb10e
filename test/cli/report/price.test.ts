import { Ajv } from "ajv";
import { REPORT_SCHEMA } from "../../../cli/comment/schema";
import type { PlanJson, ResourceChangeJson } from "../../../cli/plan/plan-json";
import { pageData } from "../../../cli/report/html/data";
import { markdown } from "../../../cli/report/markdown";
import type { Report } from "../../../cli/report/model";
import type { ReportPricing } from "../../../cli/report/price";
import { reportOf } from "../../../cli/report/report";
import { terminal } from "../../../cli/report/terminal";
import { planned, resource, runOf } from "./runs";

const nat = (name = "one") => resource(`aws_nat_gateway.${name}`, ["create"], null, {});
const key = (name: string) => resource(`aws_kms_key.${name}`, ["create"], null, {});
const plan = (...resource_changes: readonly ResourceChangeJson[]): PlanJson => ({
  region: "us-east-1",
  resource_changes,
});

function priced(plans: Readonly<Record<string, PlanJson>>, pricing: ReportPricing | undefined = {}): Report {
  const run = runOf(
    Object.keys(plans).map((name) => planned(name)),
    { promotion: ["dev", "prod"] },
  );
  return reportOf(run, (name) => plans[name], "brief", pricing && { day: "2026-11-30", ...pricing });
}

const NETWORKS = {
  "prod-network": plan(nat("a"), nat("b"), resource("aws_eip.a", ["create"], null, {})),
  "dev-network": plan(nat("a"), key("one"), resource("aws_vpc.main", ["create"], null, {})),
};

const lineOf = (report: Report) => /^\*\*Price:\*\* .*$/m.exec(markdown(report))?.[0];

describe("the price in a comment", () => {
  test("is one line, by environments, and the three changes that matter most", () => {
    const report = priced(NETWORKS);
    expect(lineOf(report)).toBe("**Price:** `+$103.20/month` (`dev +$33.85`, `prod +$69.35`)");
    expect(markdown(report)).toContain(
      [
        "### Price",
        "",
        "- `aws_nat_gateway.a` in `prod-network`, `dev-network`: `+$32.85`",
        "- `aws_nat_gateway.b` in `prod-network`: `+$32.85`",
        "- `aws_eip.a` in `prod-network`: `+$3.65`",
        "",
        "Prices on demand, as of `2024-07-01`, without what is billed by use, discounts and tax.",
      ].join("\n"),
    );
  });

  test("says what has no price, by its type", () => {
    const of = (type: string, name: string) => resource(`${type}.${name}`, ["create"], null, {});
    const report = priced({
      "dev-a": plan(
        nat(),
        of("aws_a", "1"),
        of("aws_a", "2"),
        of("aws_b", "1"),
        of("aws_c", "1"),
        of("aws_d", "1"),
      ),
    });
    expect(lineOf(report)).toBe(
      "**Price:** `+$32.85/month` (`dev +$32.85`), without a price: 2 `aws_a`, 1 `aws_b`, 1 `aws_c`, 1 type more",
    );
  });

  test("says a range where a plan leaves one open, and less where something goes", () => {
    const lb = resource(
      "aws_lb.web",
      ["create"],
      null,
      { internal: false },
      { after_unknown: { subnets: true } },
    );
    expect(lineOf(priced({ "dev-a": plan(lb) }))).toBe(
      "**Price:** `+$23.73 to +$38.33/month` (`dev +$23.73 to +$38.33`)",
    );
    const gone = resource("aws_nat_gateway.one", ["delete"], {}, null);
    expect(lineOf(priced({ "dev-a": plan(gone) }))).toBe("**Price:** `−$32.85/month` (`dev −$32.85`)");
  });

  test("is not there where nothing that has one changes, or nobody asks for it", () => {
    const free = plan(
      resource("aws_vpc.main", ["create"], null, {}),
      resource("aws_sqs_queue.q", ["create"], null, {}),
    );
    const same = plan(resource("aws_nat_gateway.one", ["no-op"], {}, {}));
    for (const report of [priced({ "dev-a": free, "dev-b": same }), priced({})]) {
      expect(markdown(report)).not.toContain("Price");
      expect(report.stacks.map((stack) => stack.price)).not.toContainEqual(expect.anything());
    }
    const run = runOf([planned("dev-a")]);
    expect(markdown(reportOf(run, () => plan(nat())))).not.toContain("Price");
  });

  test("says that it is above the project's threshold", () => {
    const above = priced(NETWORKS, { threshold: 100 });
    expect(lineOf(above)).toContain(", ⚠️ above the threshold of `$100.00`");
    expect(lineOf(priced(NETWORKS, { threshold: 103.2 }))).not.toContain("threshold");
  });

  test("keeps within the bytes of a comment", () => {
    const plans = Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [
        `environment${at}-${"long".repeat(20)}`,
        plan(...Array.from({ length: 20 }, (__, of) => nat(`${"name".repeat(30)}${at}_${of}`))),
      ]),
    );
    const report = priced(plans);
    for (const limit of [4_000, 10_000, 60_000]) {
      const text = markdown(report, { limit });
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
    }
    expect(lineOf(report)).toMatch(/, `54 more`\)$/);
  });

  test("shows names of others as text", () => {
    const hostile = "aws_nat_gateway.x`](https://evil.example) @team $\\sum$ <img src=x>";
    const report = priced({
      "dev-a": plan(resource(hostile, ["create"], null, {}, { type: "aws_nat_gateway" })),
    });
    const [line = ""] = markdown(report)
      .split("\n")
      .filter((one) => one.startsWith("- ") && one.includes("evil"));
    expect(line).toMatch(/^- ``.*`` in `dev-a`: `\+\$32\.85`$/);
  });
});

test("a terminal and a page say it too", () => {
  const report = priced(NETWORKS, { threshold: 100 });
  const text = terminal(report, { diff: false }).join("\n");
  expect(text).toContain("Price: +$103.20/month (dev +$33.85, prod +$69.35), above the threshold of $100.00");
  expect(text).toContain("+$32.85  aws_nat_gateway.a in prod-network, dev-network");
  expect(pageData(report).facts).toEqual(
    expect.arrayContaining([
      "price +$103.20/month (dev +$33.85, prod +$69.35)",
      "above the threshold of $100.00",
    ]),
  );
});

describe("a report that is handed on", () => {
  const check = new Ajv({ allowUnionTypes: true }).compile(REPORT_SCHEMA);
  const report = JSON.parse(JSON.stringify(priced(NETWORKS, { threshold: 100 })));

  test("may have prices", () => {
    expect(check(report)).toBe(true);
    expect(report.stacks[0].price.dearest).toHaveLength(3);
  });

  test.each([
    ["a text in place of dollars", { change: { low: "0", high: 1 } }],
    ["a day that is none", { pricesOf: "today](https://evil.example)" }],
    ["a type that is none", { unknown: { "<b>": 1 } }],
    ["more lines than we write", { dearest: Array(4).fill({ address: "a", change: { low: 0, high: 0 } }) }],
    ["a field that we do not write", { more: 1 }],
  ])("with %s is refused", (_, wrong) => {
    const [first, ...rest] = report.stacks;
    expect(check({ ...report, stacks: [{ ...first, price: { ...first.price, ...wrong } }, ...rest] })).toBe(
      false,
    );
  });
});
