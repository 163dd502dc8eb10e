import { merged } from "../../../modules/core/merge";

test("the second says what it says, objects within are merged alike, and lists are replaced", () => {
  const base = { a: { b: 1, c: { d: 2 } }, list: [1, 2], kept: null };
  expect(merged(base, { a: { c: { e: 3 } }, list: [3], more: true })).toEqual({
    a: { b: 1, c: { d: 2, e: 3 } },
    list: [3],
    kept: null,
    more: true,
  });
  expect(base).toEqual({ a: { b: 1, c: { d: 2 } }, list: [1, 2], kept: null });
});

test("an object and a list are not merged into each other", () => {
  expect(merged({ a: { b: 1 } }, { a: [1] })).toEqual({ a: [1] });
  expect(merged({ a: [1] }, { a: { b: 1 } })).toEqual({ a: { b: 1 } });
});
