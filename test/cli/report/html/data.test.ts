import fc from "fast-check";
import type { PageData } from "../../../../cli/report/html/browser/page-data";
import { pageData } from "../../../../cli/report/html/data";
import { reportOf } from "../../../../cli/report/report";
import { planned, realPlan, resource, runOf, SECRETS } from "../runs";
import { attributes, jsonOf, missingLeaves, type Tree } from "./changed-leaves";

type Detail = Parameters<typeof reportOf>[2];

function dataOf(resources: readonly ReturnType<typeof resource>[], detail: Detail = "whole"): PageData {
  return pageData(reportOf(runOf([planned("dev-api")]), () => ({ resource_changes: resources }), detail));
}

const mapOf = (entries: Readonly<Record<string, Tree>>) => jsonOf({ kind: "map", entries });

describe("every changed leaf is in the page", () => {
  const missing = (before: Readonly<Record<string, Tree>>, after: Readonly<Record<string, Tree>>) => {
    const change = resource("aws_x.a", ["update"], mapOf(before), mapOf(after));
    return missingLeaves(before, after, dataOf([change]).changes[0]?.lines ?? []);
  };

  test("of any update", () => {
    fc.assert(
      fc.property(attributes, attributes, (before, after) => {
        expect(missing(before, after)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ["create", "+"],
    ["delete", "-"],
  ] as const)("of any %s", (action, sign) => {
    fc.assert(
      fc.property(attributes, (entries) => {
        const value = mapOf(entries);
        const [before, after] = sign === "+" ? [{}, entries] : [entries, {}];
        const change = resource(
          "aws_x.a",
          [action],
          sign === "+" ? null : value,
          sign === "+" ? value : null,
        );
        expect(missingLeaves(before, after, dataOf([change]).changes[0]?.lines ?? [])).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test("a line that is dropped, and a value that is cut, are found", () => {
    const leaf = (value: string): Tree => ({ kind: "leaf", value });
    const many = (end: string) =>
      Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`k${at}`, leaf(`${end}${at}`)]));
    const brief = (before: Readonly<Record<string, Tree>>, after: Readonly<Record<string, Tree>>) => {
      const change = resource("aws_x.a", ["update"], mapOf(before), mapOf(after));
      return missingLeaves(before, after, dataOf([change], "brief").changes[0]?.lines ?? []);
    };
    expect(missing(many("a"), many("b"))).toEqual([]);
    expect(brief(many("a"), many("b"))).not.toEqual([]);
    const long = (letter: string) => ({ name: leaf(letter.repeat(900)) });
    expect(missing(long("a"), long("b"))).toEqual([]);
    expect(brief(long("a"), long("b"))).not.toEqual([]);
    const lines = dataOf([resource("aws_x.a", ["update"], { a: "1", b: "2" }, { a: "3", b: "4" })]).changes[0]
      ?.lines;
    const [before, after] = [
      { a: leaf("1"), b: leaf("2") },
      { a: leaf("3"), b: leaf("4") },
    ];
    expect(missingLeaves(before, after, lines ?? [])).toEqual([]);
    expect(missingLeaves(before, after, lines?.slice(1) ?? [])).toEqual([{ sign: "-", value: '"1"' }]);
  });
});

test("a deletion shows what is lost, a replacement what forces it, a creation what only an apply knows", () => {
  const { changes } = dataOf([
    resource("aws_x.gone", ["delete"], { name: "orders" }, null),
    resource(
      "aws_x.new",
      ["delete", "create"],
      { zone: "a", id: "i-1" },
      { zone: "b" },
      { replace_paths: [["zone"]], after_unknown: { id: true } },
    ),
    resource("aws_x.made", ["create"], null, { zone: "a" }, { after_unknown: { id: true } }),
  ]);
  const lines = (address: string) => changes.find((one) => one.address === address)?.lines;
  expect(lines("aws_x.gone")).toEqual([["-", "name", '"orders"']]);
  expect(lines("aws_x.new")).toEqual([
    ["-", "zone", '"a"', "forces"],
    ["+", "zone", '"b"', "forces"],
    ["-", "id", '"i-1"'],
    ["+", "id", "(known after apply)"],
  ]);
  expect(lines("aws_x.made")).toEqual([
    ["+", "zone", '"a"'],
    ["+", "id", "(known after apply)"],
  ]);
});

test("the risk of a deposed object is its own, and not that of the current one", () => {
  const { changes } = dataOf([
    resource("aws_db_instance.a", ["update"], { size: 1 }, { size: 2 }),
    { ...resource("aws_db_instance.a", ["delete"], { size: 1 }, null), deposed: "5f3a9c01" },
  ]);
  expect(changes.find(({ part }) => part === undefined)?.risks).toBeUndefined();
  expect(changes.find(({ part }) => part === "5f3a9c01")).toMatchObject({
    says: ["deposed object 5f3a9c01"],
    risks: [{ message: expect.stringMatching(/^deposed object 5f3a9c01 deleted/) }],
  });
});

test("a real plan is in it without a secret, with its risks and what each resource is besides", () => {
  const data = pageData(
    reportOf(runOf([planned("dev-api")]), () => realPlan("everything"), "whole"),
    "https://github.com/o/r/actions/runs/1",
  );
  const find = (address: string) => data.changes.find((change) => change.address === address);
  expect(find("aws_kms_key.data")?.risks).toEqual([
    { level: "high", rule: "kms-key-deletion", message: expect.stringContaining("KMS key deleted") },
  ]);
  expect(data.changes.filter(({ part }) => part === "drift")).toMatchObject([
    { address: "aws_sqs_queue.drifting", also: ["drift"] },
  ]);
  expect(find("aws_ssm_parameter.imported")?.also).toEqual(["import"]);
  expect(find("aws_sns_topic.after")).toMatchObject({
    also: ["move"],
    says: ["moved from aws_sns_topic.before"],
  });
  expect(data.stacks).toMatchObject([{ name: "dev-api", environment: "dev", tone: "delete" }]);
  expect(data.runUrl).toBe("https://github.com/o/r/actions/runs/1");
  for (const secret of SECRETS) expect(JSON.stringify(data)).not.toContain(secret);
});

test("what is said of stacks that fail, wait, are gone or have notes is in it", () => {
  const error = { phase: "plan", message: "Error: no such bucket", addresses: [] } as const;
  const deferred = { on: ["dev-b"], why: "upstream-failed", reads: [], message: "waits for dev-b" } as const;
  const run = runOf(
    [
      planned("dev-b", { status: "failed", error }),
      planned("prod-a", { status: "deferred", deferred, dependencies: ["dev-b"] }),
      planned("prod-c", { affected: { change: "changed", reasons: ["aws_x.a: b"] } }),
    ],
    { removed: [{ name: "dev-old", unit: "old", resources: ["aws_x.a"] }] },
  );
  const plan = { warnings: ["a is deprecated"] };
  const data = pageData(reportOf(run, (name) => (name === "prod-c" ? plan : undefined), "whole"));
  const stack = (name: string) => data.stacks.find((one) => one.name === name);
  expect(stack("dev-b")).toMatchObject({ tone: "failed", error: "Error: no such bucket" });
  expect(stack("prod-a")).toMatchObject({ tone: "waits", reasons: ["waits for dev-b"] });
  expect(stack("prod-c")?.reasons).toEqual(["changed: aws_x.a: b"]);
  expect(data.notes).toEqual([
    { text: "a is deprecated", stacks: ["prod-c"] },
    {
      text: "gone from the code: what it made stays (1 resource), no longer managed",
      stacks: ["dev-old"],
    },
  ]);
  expect(data.facts).toContain("2 of 3 stacks planned");
  expect(data.environments).toEqual(["dev", "prod"]);
  expect(data.graph.edges).toHaveLength(1);
});

test("environments stand in the order in which they are applied", () => {
  const run = runOf([planned("dev-a"), planned("prod-a"), planned("qa-a")], {
    promotion: ["prod", "qa", "dev"],
  });
  expect(pageData(reportOf(run, () => undefined)).environments).toEqual(["prod", "qa", "dev"]);
});

test.each(["javascript:alert(1)", "http://github.com/o/r", 'https://x"onclick=alert(1)'])(
  "%s is no link to the run",
  (url) => {
    expect(
      pageData(
        reportOf(runOf([]), () => undefined),
        url,
      ).runUrl,
    ).toBeUndefined();
  },
);
