import { Ajv, type ValidateFunction } from "ajv";
import { InputError } from "./file";

/**
 * A check of a value against a JSON Schema, which is compiled at the first value.
 *
 * @param wrongForm - what is said of a text that does not match its pattern. @default - the pattern
 * @returns the value as what the schema says that it is. @throws InputError that says which part is wrong.
 */
export function schemaCheck<T>(schema: object, wrongForm?: string): (value: unknown) => T {
  let compiled: ValidateFunction<T> | undefined;
  return (value) => {
    compiled ??= new Ajv({ allowUnionTypes: true }).compile<T>(schema);
    if (compiled(value)) return value;
    throw new InputError(faultOf(compiled, wrongForm));
  };
}

function faultOf({ errors }: ValidateFunction, wrongForm: string | undefined): string {
  const [fault] = errors ?? [];
  const allowed = (fault?.params as { allowedValues?: unknown } | undefined)?.allowedValues;
  const which = Array.isArray(allowed) ? `: ${allowed.join(", ")}` : "";
  const what = fault?.keyword === "pattern" ? (wrongForm ?? fault.message) : fault?.message;
  return `${fault?.instancePath.slice(0, 200) || "the whole"} ${what ?? "is wrong"}${which}`;
}
