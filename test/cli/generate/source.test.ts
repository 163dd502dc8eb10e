import { type Node, property, Source } from "../../../cli/generate/source";

/** A text with an element added to its first list or object, after an element or as the first. */
function added(text: string, element: string, after: number | undefined): string {
  const source = new Source("a.ts", text);
  const [list] = [...source.all("ArrayExpression"), ...source.all("ObjectExpression")];
  if (!list) throw new Error("there is no list");
  const elements = (list.elements ?? list.properties) as readonly Node[];
  source.addTo(list, element, after === undefined ? undefined : elements[after]);
  return source.text;
}

test.each([
  ["const x = [a, b];", 0, "const x = [a, n, b];"],
  ["const x = [a, b];", 1, "const x = [a, b, n];"],
  ["const x = [];", undefined, "const x = [n,];"],
  ["const x = [\n  a,\n  b,\n];", 0, "const x = [\n  a,\n  n,\n  b,\n];"],
  ["const x = [\n  a, // one, [two]\n  b\n];", 0, "const x = [\n  a, // one, [two]\n  n,\n  b\n];"],
  ["const x = [\n  a,\n  b // last\n];", 1, "const x = [\n  a,\n  b, n // last\n];"],
  ['const x = ["]", /* [ */ `]`];', 0, 'const x = ["]", n, /* [ */ `]`];'],
])("adds to the list %j", (text, after, expected) => {
  expect(added(text, "n", after)).toBe(expected);
});

test("adds to an object below the property that it is to follow, and its comment", () => {
  const text = "const x = {\n  // one\n  a: 1, // of a\n  // two\n  b: 2,\n};\n";
  expect(added(text, "n: 0", 0)).toBe(
    "const x = {\n  // one\n  a: 1, // of a\n  n: 0,\n  // two\n  b: 2,\n};\n",
  );
});

test("adds an import below the last, and a first one", () => {
  const source = new Source(
    "a.ts",
    'import { a } from "./a";\nimport type { b } from "./b"; // why\n\na();\n',
  );
  source.addImport("c", "./c");
  expect(source.text).toBe(
    'import { a } from "./a";\nimport type { b } from "./b";\nimport { c } from "./c"; // why\n\na();\n',
  );
  const empty = new Source("a.ts", "export {};\n");
  empty.addImport("c", "./c");
  expect(empty.text).toBe('import { c } from "./c";\nexport {};\n');
});

test("reads properties by identifier and by string, and none of a spread", () => {
  const source = new Source("a.ts", 'const x = { a: 1, "b-c": 2, ...rest };');
  const [object] = source.all("ObjectExpression");
  if (!object) throw new Error("there is no object");
  expect(property(object, "b-c")).toMatchObject({ type: "NumericLiteral", value: 2 });
  expect(property(object, "rest")).toBeUndefined();
});

test("refuses what is not TypeScript, with the file's name", () => {
  expect(() => new Source("platform.ts", "const x = [;")).toThrow(/^platform\.ts does not compile: /);
});
