import { invalid } from "./error";

/** What a request says. */
export type Input = Readonly<Record<string, unknown>>;

export function inputOf(body: Buffer): Input {
  try {
    const input: unknown = JSON.parse(body.toString() || "{}");
    if (isObject(input)) return input;
  } catch {
    // Said below, with what is no object.
  }
  throw invalid("the body is not a JSON object");
}

/** A required text. */
export function textOf(input: Input, key: string): string {
  const value = input[key];
  if (typeof value === "string" && value !== "") return value;
  throw invalid(`${key} can not be blank.`);
}

export function optionalText(input: Input, key: string): string | undefined {
  const value = input[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function numberOf(input: Input, key: string): number | undefined {
  const value = input[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number") return value;
  throw invalid(`${key} must be a number`);
}

export function textsOf(input: Input, key: string): readonly string[] {
  const value = input[key];
  return Array.isArray(value) ? value.map(String) : [];
}

export function objectsOf(input: Input, key: string): readonly Input[] {
  const value = input[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function objectOf(input: Input, key: string): Input | undefined {
  const value = input[key];
  return isObject(value) ? value : undefined;
}

/** The values of some keys that a request gives. */
export function given(input: Input, keys: readonly string[]): Record<string, unknown> {
  const present = keys.filter((key) => input[key] !== undefined && input[key] !== null);
  return Object.fromEntries(present.map((key) => [key, input[key]]));
}

/** Now, in seconds since 1970, as the JSON protocol writes times. */
export function now(): number {
  return Math.round(Date.now()) / 1000;
}

export function isObject(value: unknown): value is Input {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
