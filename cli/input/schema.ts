import { Ajv, type ValidateFunction } from "ajv";
import { InputError } from "./file";

/**
 * A check of a value against a JSON Schema, which is compiled at the first value.
 *
 * @returns the value as what the schema says that it is. @throws InputError that says which part is wrong.
 */
export function schemaCheck<T>(schema: object): (value: unknown) => T {
  let compiled: ValidateFunction<T> | undefined;
  return (value) => {
    compiled ??= new Ajv({ allowUnionTypes: true }).compile<T>(schema);
    if (compiled(value)) return value;
    throw new InputError(faultOf(compiled));
  };
}

function faultOf({ errors }: ValidateFunction): string {
  const [fault] = errors ?? [];
  const allowed = (fault?.params as { allowedValues?: unknown } | undefined)?.allowedValues;
  const which = Array.isArray(allowed) ? `: ${allowed.join(", ")}` : "";
  // A pattern may be as long as a page, and says little to a reader.
  const what = fault?.keyword === "pattern" ? "is not what groundplan writes there" : fault?.message;
  return `${fault?.instancePath.slice(0, 200) || "the whole"} ${what ?? "is wrong"}${which}`;
}
