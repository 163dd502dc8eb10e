import { toml } from "@groundplan/modules/cluster/toml";

test("values first, a section for each table, and quotes where a key needs them", () => {
  const text = toml({ a: 1, b: { c: 'x "y"', "d.e/f": [true, "z"] }, g: { h: { i: false } } });
  expect(text).toBe('a = 1\n\n[b]\nc = "x \\"y\\""\n"d.e/f" = [true,"z"]\n\n[g.h]\ni = false\n');
});

test("nothing is nothing", () => {
  expect(toml({ a: {} })).toBe("");
});
