import { NotKnown, Values } from "../../../cli/cost/values";
import { SENSITIVE } from "../../../cli/input/text-mask";

const values = new Values(
  {
    size: 20,
    text: "20",
    none: null,
    empty: "",
    on: true,
    off: "false",
    list: ["a", "b"],
    block: [{ size: 1 }, { size: 2 }],
    alone: { size: 3 },
    secret: SENSITIVE,
    expression: "${var.size}",
    escaped: "$${no}",
    negative: -1,
    word: "many",
  },
  { later: true, block: [{ type: true }, {}], several: [{ size: true }] },
);

test("says what is set, and what is not", () => {
  expect([
    values.number("size"),
    values.number("text"),
    values.number("none"),
    values.number("missing"),
  ]).toEqual([20, 20, undefined, undefined]);
  expect([values.text("size"), values.text("empty"), values.text("escaped")]).toEqual([
    "20",
    undefined,
    "$${no}",
  ]);
  expect([values.is("on"), values.is("off"), values.is("missing")]).toEqual([true, false, false]);
  expect([values.texts("list"), values.texts("missing")]).toEqual([["a", "b"], []]);
  expect([values.count("list"), values.count("alone"), values.count("missing")]).toEqual([2, 1, 0]);
  expect(["size", "missing", "none", "empty", "later"].map((name) => values.has(name))).toEqual([
    true,
    false,
    false,
    false,
    true,
  ]);
  expect(["size", "later", "secret", "none"].map((name) => values.knows(name))).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test("blocks stand in a list, or alone, or are known to be there only", () => {
  expect(values.blocks("block").map((block) => block.number("size"))).toEqual([1, 2]);
  expect(values.block("alone").number("size")).toBe(3);
  expect(values.block("missing").number("size")).toBeUndefined();
  expect(() => values.block("block").text("type")).toThrow("block.type is known only after the apply");
  expect(() => values.block("several").number("size")).toThrow("several.size is known only after the apply");
});

test.each([
  ["later", "later is known only after the apply"],
  ["expression", "expression is known only after the apply"],
  ["secret", "secret is masked"],
  ["negative", "negative is no number"],
  ["word", "word is no number"],
])("%s has no number", (name, why) => {
  expect(() => values.number(name)).toThrow(NotKnown);
  expect(() => values.number(name)).toThrow(why);
});

test("what nobody has given is not set; a masked value and an expression stay what they are", () => {
  expect(values.given.number("later")).toBeUndefined();
  expect([values.given.has("later"), values.given.count("later"), values.given.texts("later")]).toEqual([
    false,
    0,
    [],
  ]);
  expect(values.given.block("block").text("type")).toBeUndefined();
  expect(() => values.given.number("secret")).toThrow("secret is masked");
  expect(() => values.given.number("expression")).toThrow(NotKnown);
});

test("of what is wholly unknown, or masked, nothing is said", () => {
  expect([new Values(null, true).isOpen, new Values(SENSITIVE).isOpen, values.isOpen]).toEqual([
    true,
    true,
    false,
  ]);
  expect(() => new Values(SENSITIVE).number("size")).toThrow("size is masked");
  expect(() => new Values(null, true).blocks("block")).toThrow(NotKnown);
});
