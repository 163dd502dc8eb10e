import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Part of an OpenAPI 3.0 schema, as Kubernetes serves it; also of the JSON schema that is made of it. */
interface Schema {
  readonly [keyword: string]: unknown;
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly nullable?: boolean;
}

/** One group and version of `/openapi/v3`. */
export interface OpenApi {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Where kubeconform finds what {@link writeSchemas} has written. */
export const SCHEMA_LOCATION = "{{ .Group }}/{{ .ResourceKind }}_{{ .ResourceAPIVersion }}.json";

/** Writes a JSON schema for each kind of a served group and version. @returns how many. */
export function writeSchemas(folder: string, document: OpenApi): number {
  const written = standaloneSchemas(document);
  for (const [path, schema] of written) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify(schema));
  }
  return written.size;
}

/**
 * The schemas by the path at which kubeconform looks for them, each with all that it refers to.
 *
 * They are strict: a field that the server does not know is refused, as `--validate=strict` does.
 */
export function standaloneSchemas({ components }: OpenApi): ReadonlyMap<string, object> {
  const { schemas } = components;
  const found = new Map<string, object>();
  for (const schema of Object.values(schemas)) {
    for (const { group, version, kind } of kindsOf(schema)) {
      const definitions: Record<string, object> = {};
      collect(schema, schemas, definitions);
      found.set(`${group || version}/${kind.toLowerCase()}_${version}.json`, {
        $schema: "http://json-schema.org/draft-07/schema#",
        ...strict(schema),
        required: ["apiVersion", "kind"],
        definitions,
      });
    }
  }
  return found;
}

function kindsOf(schema: Schema): readonly GroupVersionKind[] {
  const kinds = schema["x-kubernetes-group-version-kind"];
  // What belongs to every group, as DeleteOptions, is nothing that a manifest holds.
  return Array.isArray(kinds) && kinds.length === 1 ? kinds : [];
}

/** Adds what a schema refers to, however deep. */
function collect(
  schema: Schema,
  all: Readonly<Record<string, Schema>>,
  definitions: Record<string, object>,
): void {
  const name = schema.$ref?.split("/").at(-1);
  const target = name === undefined ? undefined : all[name];
  if (name !== undefined && target !== undefined && definitions[name] === undefined) {
    definitions[name] = strict(target);
    collect(target, all, definitions);
  }
  for (const child of childrenOf(schema)) collect(child, all, definitions);
}

function childrenOf({ properties, additionalProperties, items, allOf }: Schema): readonly Schema[] {
  return [
    ...Object.values(properties ?? {}),
    ...(typeof additionalProperties === "object" ? [additionalProperties] : []),
    ...(items === undefined ? [] : [items]),
    ...(allOf ?? []),
  ];
}

/** The same in JSON schema's words, and closed to unknown fields. */
function strict(schema: Schema): object {
  const { $ref, properties, additionalProperties, items, allOf, nullable, default: _, ...rest } = schema;
  const closed = properties !== undefined && !rest["x-kubernetes-preserve-unknown-fields"];
  const same = {
    ...rest,
    ...($ref === undefined ? {} : { $ref: $ref.replace("#/components/schemas/", "#/definitions/") }),
    ...(properties === undefined ? {} : { properties: mapped(properties) }),
    ...(items === undefined ? {} : { items: strict(items) }),
    ...(allOf === undefined ? {} : { allOf: allOf.map(strict) }),
    ...(typeof additionalProperties === "object"
      ? { additionalProperties: strict(additionalProperties) }
      : closed
        ? { additionalProperties: additionalProperties ?? false }
        : {}),
  };
  return nullable ? { anyOf: [same, { type: "null" }] } : same;
}

function mapped(properties: Readonly<Record<string, Schema>>): Readonly<Record<string, object>> {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, strict(schema)]));
}
