import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

/** A part of GitHub's description, as far as it is read. */
interface Schema {
  readonly $ref?: string;
}

interface Parameter extends Schema {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: Schema & { readonly type?: string };
}

interface Content extends Schema {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A call of the API. */
export interface Call {
  /** In small letters. */
  readonly method: string;

  /** As the description writes it, e.g. `/repos/{owner}/{repo}/issues`. */
  readonly template: string;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * GitHub's published description of its REST API: what a request may hold and what an answer has to.
 *
 * @see https://github.com/github/rest-api-description
 */
export class Contract {
  private static read: Contract | undefined;
  private readonly description = JSON.parse(
    readFileSync(require.resolve("@octokit/openapi/generated/api.github.com.json"), "utf8"),
  ) as Description;
  private readonly ajv: Ajv;
  private readonly compiled = new Map<Schema, ValidateFunction>();

  /** The description of @octokit/openapi, read once: it has 13 MB. */
  static published(): Contract {
    Contract.read ??= new Contract();
    return Contract.read;
  }

  private constructor() {
    this.ajv = new Ajv({ strict: false, allErrors: true, logger: false });
    addFormats.default(this.ajv);
    const { schemas } = this.description.components;
    this.ajv.addSchema({ $id: "github", components: { schemas: withNull(schemas) } });
  }

  /** An example of an answer's body, out of the description. */
  example(name: string): Record<string, unknown> {
    const example = this.description.components.examples?.[name] as { value: unknown } | undefined;
    if (!example) throw new Error(`GitHub's description has no example ${name}`);
    return structuredClone(example.value) as Record<string, unknown>;
  }

  /** What is wrong with a request. */
  request({ method, template, path, query, body }: Call): readonly string[] {
    const operation = this.description.paths[template]?.[method];
    if (!operation) return [`GitHub has no ${method} ${template}`];
    const parameters = (operation.parameters ?? []).map((one) => this.resolve(one) as Parameter);
    const faults: string[] = [];
    for (const { name, in: where, required, schema } of parameters) {
      if (where === "header") continue;
      const text = where === "path" ? path[name] : query[name];
      if (text === undefined) {
        if (required) faults.push(`${name} is missing`);
        continue;
      }
      const value = schema.type === "integer" ? Number(text) : text;
      faults.push(...this.check(schema, value, name));
    }
    const known = new Set(parameters.map(({ name }) => name));
    for (const name of Object.keys(query)) if (!known.has(name)) faults.push(`no parameter ${name}`);
    const schema = operation.requestBody?.content?.["application/json"]?.schema;
    if (schema) faults.push(...this.check(schema, body, "body"));
    else if (body !== undefined && !operation.requestBody) faults.push("it takes no body");
    return faults.map((fault) => `${method} ${template}: ${fault}`);
  }

  /** What is wrong with an answer. */
  answer({ method, template }: Call, status: number, body: unknown): readonly string[] {
    const answers = this.description.paths[template]?.[method]?.responses ?? {};
    const answer = answers[String(status)];
    // Rate limits, missing rights and failures are described once for all, and not at each operation.
    if (!answer && [401, 403, 404, 429, 500, 502, 503].includes(status)) return [];
    if (!answer) return [`${method} ${template}: GitHub never answers with ${status}`];
    const schema = (this.resolve(answer) as Content).content?.["application/json"]?.schema;
    if (!schema) return body === undefined ? [] : [`${method} ${template}: ${status} has no body`];
    return this.check(schema, body, "answer").map((fault) => `${method} ${template} ${status}: ${fault}`);
  }

  private check(schema: Schema, value: unknown, name: string): readonly string[] {
    let validate = this.compiled.get(schema);
    if (!validate) {
      validate = this.ajv.compile(absolute(schema) as object);
      this.compiled.set(schema, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${name}${instancePath} ${message}`);
  }

  private resolve(part: Schema): Schema {
    if (!part.$ref) return part;
    const [, , kind, name] = part.$ref.split("/");
    return this.description.components[kind ?? ""]?.[name ?? ""] as Schema;
  }
}

/** A schema whose references lead into the description, wherever it is compiled. */
function absolute(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(withNull(schema)).replaceAll('"$ref":"#/', '"$ref":"github#/'));
}

/** OpenAPI's `nullable` in JSON Schema's words, where there is no `type` that Ajv could read it with. */
function withNull(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withNull);
  if (typeof schema !== "object" || schema === null) return schema;
  const all = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, withNull(value)]));
  if (all.nullable !== true || "type" in all) return all;
  const { nullable: _, ...rest } = all;
  return { anyOf: [rest, { type: "null" }] };
}
