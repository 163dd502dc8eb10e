import fc from "fast-check";
import { mergeDeep } from "../../overlays/merge";

describe("mergeDeep", () => {
  test("merges objects key by key at every depth and replaces everything else", () => {
    const base = { a: 1, list: ["x", "y"], deep: { kept: true, changed: "old" } };

    const merged = mergeDeep(base, { list: ["z"], deep: { changed: "new" } });

    expect(merged).toEqual({ a: 1, list: ["z"], deep: { kept: true, changed: "new" } });
  });

  test("changes neither the base nor the overlay", () => {
    const base = { deep: { value: 1 } };
    const overlay = { deep: { other: 2 } };

    mergeDeep(base, overlay);

    expect(base).toEqual({ deep: { value: 1 } });
    expect(overlay).toEqual({ deep: { other: 2 } });
  });

  test("keeps the base's value where the overlay's is undefined", () => {
    expect(mergeDeep({ a: 1 }, { a: undefined })).toEqual({ a: 1 });
  });

  const tree = fc.letrec((tie) => ({
    node: fc.dictionary(
      fc.constantFrom("a", "b", "c"),
      fc.oneof({ maxDepth: 4 }, fc.integer(), fc.array(fc.integer()), tie("node")),
    ),
  })).node as fc.Arbitrary<object>;

  test("an empty overlay changes nothing, and merging twice is merging once", () => {
    fc.assert(
      fc.property(tree, tree, (base, overlay) => {
        const merged = mergeDeep(base, overlay);
        expect(mergeDeep(base, {})).toEqual(base);
        expect(mergeDeep(merged, overlay)).toEqual(merged);
      }),
    );
  });
});
