import fc from "fast-check";
import { CliError } from "../../cli/console/errors";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Any JSON value, with the names and values that programs trip over. */
const ANY = fc.oneof(
  fc.jsonValue() as fc.Arbitrary<Json>,
  fc.constantFrom<Json>(null, "", 0, -1, 7, 1e308, true, "x", [], {}, [null], ["a"], [{}], { toString: 7 }),
);

/** A copy of a value in which one part, however deep, is another or is gone. */
function withOneChange(value: Json): fc.Arbitrary<Json> {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return ANY;
  return fc.oneof(
    { arbitrary: ANY, weight: 1 },
    {
      weight: 6,
      arbitrary: fc.constantFrom(...Object.keys(value)).chain((key) => {
        const part = (value as Readonly<Record<string, Json>>)[key] as Json;
        const put = (next: Json): Json =>
          Array.isArray(value)
            ? value.map((item, at) => (String(at) === key ? next : item))
            : { ...value, [key]: next };
        const without = (): Json =>
          Object.fromEntries(Object.entries(value).filter(([other]) => other !== key)) as Json;
        return fc.oneof(withOneChange(part).map(put), fc.constant(undefined).map(without));
      }),
    },
  );
}

/** What may lie where something good lay: another text, any JSON, or the good one with one part changed. */
function anythingLike(good: unknown): fc.Arbitrary<string> {
  const whole = JSON.parse(JSON.stringify(good)) as Json;
  return fc.oneof(
    { arbitrary: withOneChange(whole).map((value) => JSON.stringify(value)), weight: 8 },
    { arbitrary: ANY.map((value) => JSON.stringify(value)), weight: 2 },
    { arbitrary: fc.string({ unit: "binary" }), weight: 1 },
    { arbitrary: fc.constant(JSON.stringify(whole).slice(0, -1)), weight: 1 },
    { arbitrary: fc.constant(JSON.stringify(whole).replace("{", '{"__proto__":{"x":1},')), weight: 1 },
  );
}

/**
 * Holds a reader to the promise: whatever lies there, it is read and can be used, or the error is one for users and
 * names the place.
 *
 * @param good - what may lie there, and is read.
 * @param numRuns - fewer where each is a file.
 */
export function readsOrNames(
  place: string,
  good: unknown,
  read: (text: string) => void,
  numRuns = 500,
): void {
  read(JSON.stringify(good));
  fc.assert(
    fc.property(anythingLike(good), (text) => {
      try {
        read(text);
      } catch (error) {
        if (!(error instanceof CliError)) throw error;
        if (!error.message.includes(place)) throw new Error(`it does not name ${place}: ${error.message}`);
        if (/undefined|\[object|NaN/.test(error.message)) throw new Error(`it says ${error.message}`);
      }
    }),
    { numRuns },
  );
}
