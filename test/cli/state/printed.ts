import { Ajv } from "ajv";
import { STATE_FORMATS } from "../../../cli/state/formats";

/** A schema that lets no key through which it does not name: what is printed and not described is found. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]));
  return inner.type === "object" ? { ...inner, additionalProperties: false } : inner;
}

/** What is wrong with a document of `groundplan state`, by the schema of the format that it says. */
export function faultsOf(document: unknown): readonly string[] {
  const { format } = document as { format?: unknown };
  const schema = Object.values(STATE_FORMATS).find(({ title }) => title === format);
  if (!schema) return [`no format ${format}`];
  const check = new Ajv({ allErrors: true }).compile(strict(schema) as object);
  return check(document) ? [] : (check.errors ?? []).map((one) => `${one.instancePath} ${one.message}`);
}
