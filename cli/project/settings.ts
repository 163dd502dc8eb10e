import { join } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { readConfig } from "./config";

/** Key of the block in `cdktf.json`. */
const BLOCK = "groundplan";

/** Name of an environment: a part of a profile's name, of an option, and of a column's head. */
const ENVIRONMENT = Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" });

/** A finding of a scan that somebody has decided to live with until a day. */
const ALLOWED = Type.Object(
  {
    id: Type.String({
      minLength: 1,
      maxLength: 200,
      description: "`CVE-…`, `GHSA-…` or a rule, as any of its scanners names it",
    }),
    package: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: "`*` stands for any text" }),
    ),
    place: Type.Optional(
      Type.String({ minLength: 1, maxLength: 500, description: "image or file; `*` stands for any text" }),
    ),
    until: Type.String({
      pattern: "^\\d{4}-\\d{2}-\\d{2}$",
      description: "last day on which it counts, UTC",
    }),
    reason: Type.String({ minLength: 10, maxLength: 1000 }),
  },
  { additionalProperties: false },
);

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
    environment: Type.Optional(
      Type.Union(
        [
          Type.Literal("none"),
          Type.Object(
            { pattern: Type.String({ minLength: 1, maxLength: 500 }) },
            { additionalProperties: false },
          ),
          Type.Object({ map: Type.Record(Type.String(), ENVIRONMENT) }, { additionalProperties: false }),
        ],
        {
          description:
            "Which part of a stack's name is its environment: a regular expression with the groups `environment` and `unit`, a map from names of stacks (`*` stands for any text) to environments, or `none`. Where it is not set, it is found by looking at the names.",
          examples: [
            { pattern: "^(?<environment>[^-]+)-(?<unit>.+)$" },
            { map: { "*-live": "prod", "*-try": "dev" } },
            "none",
          ],
        },
      ),
    ),
    promotion: Type.Optional(
      Type.Array(ENVIRONMENT, {
        description: "Environments in the order in which a change is applied to them.",
        examples: [["dev", "staging", "prod"]],
        maxItems: 100,
        uniqueItems: true,
      }),
    ),
    scan: Type.Optional(
      Type.Object(
        {
          allow: Type.Optional(
            Type.Array(ALLOWED, {
              description:
                "Findings that `groundplan scan` lets pass, each with a reason and a last day: after it, the scan fails until somebody has decided anew.",
              maxItems: 500,
            }),
          ),
        },
        {
          description: "What `groundplan scan` lets pass.",
          examples: [
            {
              allow: [
                {
                  id: "CVE-2026-12345",
                  package: "openssl",
                  until: "2026-12-31",
                  reason: "Only the command line is affected, which the image does not have.",
                },
              ],
            },
          ],
          additionalProperties: false,
        },
      ),
    ),
    cost: Type.Optional(
      Type.Object(
        {
          enabled: Type.Optional(
            Type.Boolean({ description: "Whether reports and comments say what a plan costs; they do." }),
          ),
          usageFile: Type.Optional(
            Type.String({
              minLength: 1,
              maxLength: 500,
              description: "File of what is used in a month, YAML or JSON, from the project's folder.",
            }),
          ),
          prices: Type.Optional(
            Type.String({
              minLength: 1,
              maxLength: 500,
              description:
                "Table of prices that `groundplan cost refresh` has written, from the project's folder, in place of the one that is shipped.",
            }),
          ),
          threshold: Type.Optional(
            Type.Object(
              {
                monthly: Type.Number({
                  minimum: 0,
                  maximum: 1e12,
                  description: "Increase of a plan's price in US dollars a month.",
                }),
                above: Type.Optional(
                  Type.Union([Type.Literal("warn"), Type.Literal("fail")], {
                    description: "Whether `groundplan cost` only says so, or ends with 1. It says so.",
                  }),
                ),
              },
              { additionalProperties: false },
            ),
          ),
        },
        {
          description: "What plans cost: `groundplan cost`, and the price in reports and comments.",
          examples: [{ usageFile: "usage.yml", threshold: { monthly: 100, above: "fail" } }],
          additionalProperties: false,
        },
      ),
    ),
    images: Type.Optional(
      Type.Object(
        {
          keys: Type.Optional(
            Type.Array(Type.String({ minLength: 1, maxLength: 500 }), {
              description: "Files of public keys in PEM, from the project's folder.",
              maxItems: 20,
            }),
          ),
          identities: Type.Optional(
            Type.Array(
              Type.Object(
                {
                  issuer: Type.String({ pattern: "^https://" }),
                  subject: Type.String({ minLength: 1, maxLength: 500 }),
                },
                { additionalProperties: false },
              ),
              {
                description:
                  "Identities of an OpenID Connect provider, by the subject of Sigstore's certificate; `*` stands for any text.",
                maxItems: 20,
              },
            ),
          ),
        },
        {
          additionalProperties: false,
          description: "Whose signatures of container images count: no other image is promoted.",
          examples: [
            {
              identities: [
                {
                  issuer: "https://token.actions.githubusercontent.com",
                  subject: "https://github.com/acme/platform/.github/workflows/*@refs/heads/develop",
                },
              ],
            },
            { keys: ["keys/image.pub"] },
          ],
        },
      ),
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

let compiled: ValidateFunction<Settings> | undefined;

/**
 * The settings of a project; empty where its `cdktf.json` has none.
 *
 * @throws CliError that names every wrong key, and says what to write.
 */
export function readSettings({ root }: { readonly root: string }): Settings {
  const settings = readConfig(root)[BLOCK];
  if (settings === undefined) return {};
  // A command reads its settings several times; without any it loads no check.
  compiled ??= new Ajv({ allErrors: true, allowUnionTypes: true }).compile<Settings>(SETTINGS_SCHEMA);
  const check = compiled;
  if (check(settings)) return settings;
  const errors = check.errors ?? [];
  // Of a setting with several forms, that it has none of them says all.
  const formless = errors
    .filter(({ keyword }) => keyword === "anyOf")
    .map(({ instancePath }) => instancePath);
  const said = errors.filter(
    ({ instancePath, keyword }) =>
      keyword === "anyOf" || !formless.some((path) => `${instancePath}/`.startsWith(`${path}/`)),
  );
  const faults = [...new Set(said.map(faultOf))];
  throw new CliError(
    EXIT.USAGE,
    `cdktf.json: ${faults[0]}`,
    ...faults.slice(1),
    `at ${join(root, "cdktf.json")}, "${BLOCK}"`,
    `write e.g. ${exampleOf(errors)}`,
  );
}

/** A fault in words, with the key's name. */
function faultOf({ instancePath, keyword, message, params }: ErrorObject): string {
  const path = [BLOCK, ...instancePath.split("/").slice(1)].join(".");
  if (keyword === "anyOf") return `"${path}" has none of its forms`;
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
