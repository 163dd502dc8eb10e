import fc from "fast-check";
import type { Json } from "../../../cli/input/json";
import { markdown } from "../../../cli/report/markdown";
import { cutAroundChange, textDiff } from "../../../cli/report/text-diff";
import { reportWith } from "./runs";

/** Lines of the diff of one attribute that is updated in place. */
function diffOf(before: Json, after: Json, more: object = {}): readonly string[] {
  const change = { actions: ["update"], before: { a: before }, after: { a: after }, ...more };
  const page = markdown(
    reportWith({ "dev-a": { resource_changes: [{ address: "aws_x.a", type: "aws_x", change }] } }),
  );
  const [, block = ""] = /```diff\n([\s\S]*?)\n```/.exec(page) ?? [];
  return block.split("\n").slice(1);
}

const CONTAINERS = (image: string) =>
  JSON.stringify([
    { name: "web", image: "web:1", environment: "v".repeat(2_000) },
    { name: "logs", image },
  ]);

test("an array in a string is compared element by element", () => {
  expect(diffOf(CONTAINERS("logs:1"), CONTAINERS("logs:2"))).toEqual([
    '-   a[1].image = "logs:1"',
    '+   a[1].image = "logs:2"',
  ]);
});

test("YAML in a string is compared key by key", () => {
  const values = (tag: string) => `image:\n  repository: web\n  tag: "${tag}"\nreplicas: 2\n`;
  expect(diffOf(values("1"), values("2"))).toEqual(['-   a.image.tag = "1"', '+   a.image.tag = "2"']);
});

test("a comment that changes in YAML is a line that changes", () => {
  expect(diffOf("a: 1\n# old\nb: 2\n", "a: 1\n# new\nb: 2\n")).toEqual([
    "    a = (text of 3 lines)",
    "        a: 1",
    "-       # old",
    "+       # new",
    "        b: 2",
  ]);
});

test("a script shows the lines that change, and some around them", () => {
  const script = (port: number) =>
    [
      "#!/bin/bash",
      ...Array.from({ length: 40 }, (_, at) => `echo ${at}`),
      `serve --port ${port}`,
      "exit",
    ].join("\n");
  expect(diffOf(script(80), script(81))).toEqual([
    "    a = (text of 43 lines)",
    "        … from line 40",
    "        echo 38",
    "        echo 39",
    "-       serve --port 80",
    "+       serve --port 81",
    "        exit",
  ]);
});

test("a reordered list says that it is reordered, and where", () => {
  const all = Array.from({ length: 60 }, (_, at) => `10.${at}.0.0/16`);
  const [first = "", second = ""] = all.slice(30, 32);
  expect(diffOf(all, all.with(30, second).with(31, first))).toEqual([
    "    a = (the same 60 elements in another order)",
    `-   a[30…31] = ["${first}", "${second}"]`,
    `+   a[30…31] = ["${second}", "${first}"]`,
  ]);
});

test("an update to what is not known yet has a line", () => {
  expect(diffOf("", null, { after: {}, after_unknown: { a: true } })).toEqual([
    "+   a = (known after apply)",
  ]);
});

test("what forces a replacement shows its old value beside what is not known yet", () => {
  const lines = diffOf("subnet-1", null, {
    actions: ["delete", "create"],
    after: {},
    after_unknown: { a: true, id: true },
    replace_paths: [["a"]],
  });
  expect(lines).toEqual(['-   a = "subnet-1"', "+   a = (known after apply)"]);
});

test("however long two values are, what differs is within what is shown", () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 900 }),
      fc.string({ maxLength: 900 }),
      fc.string(),
      fc.string(),
      (...all) => {
        const [head, tail, one, other] = all;
        const [before, after] = cutAroundChange(`${head}<${one}|${tail}`, `${head}<${other}|${tail}`, 120);
        expect(before === after).toBe(
          one === other || `${head}<${one}|${tail}` === `${head}<${other}|${tail}`,
        );
        for (const text of [before, after]) expect(text.length).toBeLessThan(120 + 60);
      },
    ),
  );
});

test("the lines of two texts make each of them again", () => {
  const text = fc
    .array(fc.constantFrom("a", "b", "c", ""), { maxLength: 30 })
    .map((lines) => lines.join("\n"));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const signs = textDiff(before, after);
      const count = (sign: string) => signs.filter((line) => line.sign === sign).length;
      const lines = (whole: string) => (whole === "" ? 0 : whole.replace(/\n$/, "").split("\n").length);
      expect(count("+") - count("-")).toBe(lines(after) - lines(before));
    }),
  );
});
