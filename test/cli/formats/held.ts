import { Ajv } from "ajv";
import { FORMATS } from "../../../cli/formats/formats";

/** A schema that lets no key through which it does not name: what is printed and not described is found. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]));
  // A map, which has a pattern for its keys, has no list of them.
  return inner.type === "object" && !inner.patternProperties
    ? { ...inner, additionalProperties: false }
    : inner;
}

/** What is wrong with a document by the schema of its format. */
export function faults(name: string, document: unknown): readonly string[] {
  const schema = FORMATS[name];
  if (!schema) return [`there is no format ${name}`];
  const check = new Ajv({ allErrors: true }).compile(strict(schema) as object);
  return check(document) ? [] : (check.errors ?? []).map((one) => `${one.instancePath} ${one.message}`);
}

/** The document that a command has printed. @throws Error where it is not what its schema says. */
export function documentOf<T = unknown>(name: string, stdout: string): T {
  const document = JSON.parse(stdout);
  const wrong = faults(name, document);
  if (wrong.length > 0) throw new Error(`not a document ${name}: ${wrong.join(", ")}\n${stdout}`);
  return document as T;
}
