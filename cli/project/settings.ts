import { join } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { Ajv, type ErrorObject } from "ajv";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { type Project, readConfig } from "./project";

/** Key of the block in `cdktf.json`. */
const BLOCK = "groundplan";

/**
 * What a project sets for Groundplan: the block `groundplan` of its `cdktf.json`. docs/settings.md describes it.
 *
 * To add a setting is to add a property here, with a description and an example: an error shows the example.
 */
export const SETTINGS_SCHEMA = Type.Object(
  {
    mask: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        description:
          "Names of attributes, variables and outputs whose values are masked though nobody marked them as sensitive; `*` stands for any text.",
        examples: [["password", "*_token"]],
        maxItems: 100,
      }),
    ),
  },
  {
    $id: "groundplan-settings.schema.json",
    title: 'Settings of Groundplan: the block "groundplan" of cdktf.json',
    additionalProperties: false,
  },
);

/** Settings of a project; one that is not set is left out. */
export type Settings = Readonly<Static<typeof SETTINGS_SCHEMA>>;

/**
 * The settings of a project; empty where its `cdktf.json` has none.
 *
 * @throws CliError that names every wrong key, and says what to write.
 */
export function readSettings({ root }: Pick<Project, "root">): Settings {
  const settings = readConfig(root)[BLOCK] ?? {};
  const check = new Ajv({ allErrors: true, allowUnionTypes: true }).compile<Settings>(SETTINGS_SCHEMA);
  if (check(settings)) return settings;
  const faults = [...new Set((check.errors ?? []).map(faultOf))];
  throw new CliError(
    EXIT.USAGE,
    `cdktf.json: ${faults[0]}`,
    ...faults.slice(1),
    `at ${join(root, "cdktf.json")}, "${BLOCK}"`,
    `write e.g. ${exampleOf(check.errors ?? [])}`,
  );
}

/** A fault in words, with the key's name. */
function faultOf({ instancePath, keyword, message, params }: ErrorObject): string {
  const path = [BLOCK, ...instancePath.split("/").slice(1)].join(".");
  if (keyword !== "additionalProperties") return `"${path}" ${message ?? "is wrong"}`;
  const { additionalProperty: key } = params as { readonly additionalProperty: string };
  return `"${path}" has no setting ${JSON.stringify(key)}; its settings are ${namesOf().join(", ")}`;
}

/** The settings that are wrong as they can be written; all where none of them is known. */
function exampleOf(errors: readonly ErrorObject[]): string {
  const wrong = namesOf().filter((name) =>
    errors.some(({ instancePath }) => instancePath.split("/")[1] === name),
  );
  const shown = wrong.length > 0 ? wrong : namesOf();
  const properties = SETTINGS_SCHEMA.properties as Readonly<
    Record<string, { readonly examples?: readonly unknown[] }>
  >;
  const block = Object.fromEntries(shown.map((name) => [name, properties[name]?.examples?.[0]]));
  return JSON.stringify({ [BLOCK]: block });
}

function namesOf(): readonly string[] {
  return Object.keys(SETTINGS_SCHEMA.properties);
}
