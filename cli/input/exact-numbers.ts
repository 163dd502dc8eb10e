/**
 * JSON without a loss of digits. JavaScript rounds numbers beyond 2^53, Terraform does not: two values that differ would be
 * taken for the same. Such a number is held as a text that no JSON of Terraform's can have, and is written as a number
 * again.
 */
const MARK = "\u0000number:";

/** A text or a number of JSON; a number of as many digits may be one that JavaScript rounds. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Digits that JavaScript always holds exactly. */
const EXACT_DIGITS = 15;

/** Marks the numbers of a JSON text that JavaScript would round. */
export function withExactNumbers(json: string): string {
  if (!/\d{8}(?:\.?\d){8}/.test(json)) return json;
  return json.replaceAll(TOKENS, (token) => (isRounded(token) ? JSON.stringify(`${MARK}${token}`) : token));
}

function isRounded(token: string): boolean {
  if (token.startsWith('"')) return false;
  const digits = token
    .replace(/[eE].*$/, "")
    .replaceAll(/[-.]/g, "")
    .replace(/^0+/, "");
  return digits.length > EXACT_DIGITS && String(Number(token)) !== token;
}

/** Writes JSON text with the numbers that were marked as numbers. */
export function asNumbers(json: string): string {
  return json.includes("\\u0000number:")
    ? json.replaceAll(/"\\u0000number:(-?[\d.eE+-]+)"/g, (_, number: string) => number)
    : json;
}

/** The digits of a number that was marked; undefined for any other value. */
export function exactNumber(value: unknown): string | undefined {
  return typeof value === "string" && value.startsWith(MARK) ? value.slice(MARK.length) : undefined;
}
