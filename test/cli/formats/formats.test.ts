import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { FORMATS, formatsOf } from "../../../cli/formats/formats";

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

    expect(title).toBe(`groundplan.${name.replaceAll("-", ".")}`);
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

interface Described {
  readonly name: string;
  readonly options: readonly { readonly flags: string }[];
  readonly commands: readonly Described[];
}

/** Every command that prints JSON, by its words after `groundplan`. */
function printers({ options, commands }: Described, words: readonly string[] = []): readonly string[] {
  const own = options.some(({ flags }) => flags.split(", ").includes("--json")) ? [words.join(" ")] : [];
  return [...own, ...commands.flatMap((one) => printers(one, [...words, one.name]))];
}

/** Commands whose documents have no schema. */
const without = (commands: readonly string[], formats: object) =>
  commands.filter((command) => !formatsOf(command).every((name) => name in formats));

test("every command with --json has a schema, and every schema a command", () => {
  const root = JSON.parse(readFileSync(join(SCHEMAS, "..", "commands.json"), "utf8")) as Described;
  const commands = printers(root);

  expect(commands).toEqual(
    expect.arrayContaining(["plan", "artifact list", "local cluster up", "new stack"]),
  );
  expect(without(commands, FORMATS)).toEqual([]);
  // Those of a report and of a scan are printed by --format json.
  expect([...new Set(commands.flatMap(formatsOf)), "report", "scan"].sort()).toEqual(
    Object.keys(FORMATS).sort(),
  );
  // A command that was added, and a schema that was taken away.
  expect(without([...commands, "undescribed"], FORMATS)).toEqual(["undescribed"]);
  const { "artifact-deploy": taken, ...rest } = FORMATS;
  expect(taken).toBeDefined();
  expect(without(commands, rest)).toEqual(["artifact deploy", "artifact promote", "artifact rollback"]);
});
