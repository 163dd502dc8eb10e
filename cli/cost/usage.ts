import { type Static, Type } from "@sinclair/typebox";
import { parse, YAMLParseError } from "yaml";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { InputError, readInput } from "../input/file";
import { decode } from "../input/json";
import { schemaCheck } from "../input/schema";
import { wildcard } from "../input/wildcard";

/** Largest usage file, in bytes. */
const LARGEST = 1_000_000;

/** A usage file: what no plan says of how much is used in a month. YAML or JSON. */
export const USAGE_SCHEMA = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    version: Type.Literal(1),
    resources: Type.Record(
      Type.String({ maxLength: 500, pattern: "^[^*]+$|^[^*]*(\\*[^*]*){1,4}$" }),
      Type.Record(
        Type.String({ pattern: "^[a-z][a-z0-9_]{0,60}$" }),
        Type.Number({ minimum: 0, maximum: 1e15 }),
        { additionalProperties: false },
      ),
      {
        additionalProperties: false,
        description:
          "Numbers by what they are for: a type (aws_nat_gateway) or an address; `*` stands for any text. The more exact one counts.",
      },
    ),
  },
  {
    $id: "groundplan-usage.schema.json",
    title: "What is used in a month, for groundplan cost",
    additionalProperties: false,
  },
);

/** What is used in a month. */
export type Usage = Readonly<Static<typeof USAGE_SCHEMA>>;

/** Nothing is said of what is used. */
export const NO_USAGE: Usage = { version: 1, resources: {} };

const check = schemaCheck<Usage>(USAGE_SCHEMA);

/** Reads a usage file. @throws CliError that says what is wrong, and what to write. */
export function readUsage(file: string): Usage {
  try {
    const text = decode(readInput(file, { bytes: LARGEST }));
    // Without tags, and with few aliases: a small file may not become a large value.
    return check(parse(text, { schema: "core", maxAliasCount: 20, logLevel: "error" }));
  } catch (error) {
    const isInput =
      error instanceof InputError || error instanceof YAMLParseError || error instanceof ReferenceError;
    if (!isInput) throw error;
    throw new CliError(
      EXIT.USAGE,
      `cannot read the usage file ${file}: ${error.message.split("\n")[0]}`,
      "write e.g. version: 1, resources: {aws_nat_gateway: {data_processed_gb: 100}}",
    );
  }
}

/** A number of a resource's usage; undefined where nobody says it. */
export function usedBy(usage: Usage, address: string, type: string, name: string): number | undefined {
  const rows = Object.entries(usage.resources).filter(([, numbers]) => Object.hasOwn(numbers, name));
  const exact = rows.find(([key]) => key === address);
  const alike = rows
    .filter(([key]) => key.includes("*") && new RegExp(`^${wildcard(key)}$`, "s").test(address))
    .sort(([a], [b]) => b.length - a.length)[0];
  const ofType = rows.find(([key]) => key === type);
  return (exact ?? alike ?? ofType)?.[1][name];
}
