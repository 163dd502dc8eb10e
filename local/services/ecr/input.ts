import { EcrError } from "./error";

/** A required text of a request. @throws EcrError `InvalidParameterException` when it is missing or has another form. */
export function textOf(input: Readonly<Record<string, unknown>>, key: string, form: RegExp): string {
  const value = input[key];
  if (typeof value === "string" && form.test(value)) return value;
  throw new EcrError(
    "InvalidParameterException",
    `Invalid parameter at '${key}' failed to satisfy constraint: ${form.source}`,
  );
}

/** The values of some keys that a request gives. */
export function given(
  input: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => input[key] !== undefined).map((key) => [key, input[key]]));
}

/** A list of texts that a request may give. */
export function listOf(input: Readonly<Record<string, unknown>>, key: string): readonly string[] | undefined {
  const value = input[key];
  return Array.isArray(value) ? value.map(String) : undefined;
}

/** Now, in seconds since 1970, as the JSON protocol writes times. */
export function now(): number {
  return Math.round(Date.now()) / 1000;
}
