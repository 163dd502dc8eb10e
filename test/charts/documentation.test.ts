import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const CHART = join(__dirname, "..", "..", "charts", "app");
const read = (name: string) => readFileSync(join(CHART, name), "utf8");

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

const schema: Schema = JSON.parse(read("values.schema.json"));
const values: Readonly<Record<string, unknown>> = parse(read("values.yaml"));

/** Values that the README's table does not name. */
function undocumented(keys: readonly string[], readme: string): readonly string[] {
  return keys.filter((key) => !readme.split("\n").some((line) => line.split("|")[1]?.includes(`\`${key}\``)));
}

/** Objects of the schema that would take an unknown key, by their path. */
function open(each: Schema, path = ""): readonly string[] {
  const children = Object.entries({ ...each.properties, ...each.definitions });
  return [
    ...(each.properties !== undefined && each.additionalProperties === undefined ? [path] : []),
    ...children.flatMap(([key, child]) => open(child, `${path}/${key}`)),
    ...(each.items === undefined ? [] : open(each.items, `${path}/items`)),
  ];
}

test("every value is in the schema and in the README", () => {
  const keys = Object.keys(values);
  const inSchema = Object.keys(schema.properties ?? {}).filter((key) => key !== "global");
  expect(keys.sort()).toEqual(inSchema.sort());
  expect(undocumented(keys, read("README.md"))).toEqual([]);
});

test("planted: a value that the README leaves out is found", () => {
  expect(undocumented(["image", "secret"], read("README.md"))).toEqual(["secret"]);
});

test("no object of the schema takes an unknown key", () => {
  expect(open(schema)).toEqual([]);
});

test("planted: an object that would take one is found", () => {
  expect(open({ properties: { a: { properties: {} } }, additionalProperties: false })).toEqual(["/a"]);
});
