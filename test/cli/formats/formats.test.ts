import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { FORMATS } from "../../../cli/formats/formats";

const SCHEMAS = join(__dirname, "..", "..", "..", "cli", "schemas");

test("each document is published as a schema that compiles, with its name and version", () => {
  expect(readdirSync(SCHEMAS).sort()).toEqual(
    Object.keys(FORMATS)
      .map((name) => `${name}.schema.json`)
      .sort(),
  );
  for (const [name, { title }] of Object.entries(FORMATS)) {
    const schema = JSON.parse(readFileSync(join(SCHEMAS, `${name}.schema.json`), "utf8"));
    const check = new Ajv({ allErrors: true }).compile(schema);

    expect(title).toBe(`groundplan.${name.replace("-", ".")}`);
    expect(check({ format: title, version: 2 })).toBe(false);
    expect(check.errors?.map(({ instancePath }) => instancePath)).toContain("/version");
  }
});

test("a document with a key that is not known is read, and one without a key that is needed is not", () => {
  const check = new Ajv().compile(FORMATS.list as object);
  const list = { format: "groundplan.list", version: 1, stacks: [] };

  expect(check({ ...list, later: true })).toBe(true);
  expect(check({ format: "groundplan.list", version: 1 })).toBe(false);
});
