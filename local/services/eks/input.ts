import { invalid } from "./error";

/** A JSON object that a client sent. */
export type Input = Readonly<Record<string, unknown>>;

/** A required text. @throws EksError `InvalidParameterException` when it is missing or has another form. */
export function textOf(input: Input, key: string, form = /./): string {
  const value = input[key];
  if (typeof value === "string" && form.test(value)) return value;
  if (value === undefined || value === "") throw invalid(`${key} is a required parameter`);
  throw invalid(`${key} '${String(value)}' is invalid: it must match ${form.source}`);
}

/** A text that may be missing. */
export function optionalText(input: Input, key: string, form = /(?:)/): string | undefined {
  return input[key] === undefined || input[key] === null ? undefined : textOf(input, key, form);
}

/** One of a few texts; the first one when it is missing. */
export function choiceOf<T extends string>(input: Input, key: string, choices: readonly [T, ...T[]]): T {
  const value = input[key];
  if (value === undefined || value === null) return choices[0];
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw invalid(`${key} '${String(value)}' is invalid: use one of ${choices.join(", ")}`);
}

/** A list of texts, empty when it is missing. */
export function listOf(input: Input, key: string): readonly string[] {
  const value = input[key];
  return Array.isArray(value) ? value.map(String) : [];
}

/** A list of objects, empty when it is missing. */
export function objectsOf(input: Input, key: string): readonly Input[] {
  const value = input[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** An object, or undefined when it is missing. */
export function objectOf(input: Input, key: string): Input | undefined {
  const value = input[key];
  return isObject(value) ? value : undefined;
}

/** A truth value, or undefined when it is missing. */
export function flagOf(input: Input, key: string): boolean | undefined {
  const value = input[key];
  return typeof value === "boolean" ? value : undefined;
}

/** A whole number in a range, or undefined when it is missing. */
export function numberOf(input: Input, key: string, least: number, most: number): number | undefined {
  const value = input[key];
  if (value === undefined || value === null) return undefined;
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return Number(value);
  throw invalid(`${key} ${String(value)} is invalid: use a whole number from ${least} to ${most}`);
}

/** Texts by name, empty when it is missing: tags, labels. */
export function mapOf(input: Input, key: string): Record<string, string> {
  const value = objectOf(input, key) ?? {};
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
}

/** The values of some keys that a request gives. */
export function given(input: Input, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => input[key] !== undefined).map((key) => [key, input[key]]));
}

/** Now, in seconds since 1970, as the JSON protocol writes times. */
export function now(): number {
  return Math.round(Date.now()) / 1000;
}

function isObject(value: unknown): value is Input {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
