import fc from "fast-check";
import { TextSearch } from "../../../cli/input/mask-search";

/** Every place of every text, one after another, and what overlaps or touches put together. */
function slowly(texts: readonly string[], text: string): { start: number; end: number }[] {
  const found = Array.from({ length: text.length }, () => false);
  for (const one of texts) {
    for (let at = text.indexOf(one); at >= 0; at = text.indexOf(one, at + 1))
      found.fill(true, at, at + one.length);
  }
  const spans: { start: number; end: number }[] = [];
  for (const [at, is] of found.entries()) {
    if (!is) continue;
    const last = spans.at(-1);
    if (last?.end === at) last.end = at + 1;
    else spans.push({ start: at, end: at + 1 });
  }
  return spans;
}

// Few letters: texts that overlap, hold each other and begin alike.
const text = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength, maxLength });

test("finds what a search for each text finds", () => {
  fc.assert(
    fc.property(fc.array(text(1, 40), { maxLength: 20 }), text(0, 200), (texts, whole) => {
      const all = whole + texts.join("");
      expect(new TextSearch(texts).find(all)).toEqual(slowly(texts, all));
    }),
  );
});

test("finds a text of several words wherever a line ends within it", () => {
  const search = new TextSearch(["not for your eyes"]);
  const wrapped = "│ the value not for\n│   your eyes is wrong";
  expect(search.find(wrapped).map(({ start, end }) => wrapped.slice(start, end))).toEqual([
    "not for\n│   your eyes",
  ]);
});

test.each([[[]], [[""]], [["   "]]])("%j finds nothing", (texts) => {
  expect(new TextSearch(texts).find("any text")).toEqual([]);
});
