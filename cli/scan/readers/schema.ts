import { type TProperties, type TSchema, Type } from "@sinclair/typebox";

/**
 * The parts of a scanner's document that are read. What is there has to have its type; other keys are let through, and
 * Go writes a list without items as `null`.
 */

/** A text of a scanner; longer ones are no names. */
export const TEXT = Type.String({ maxLength: 100_000 });

/** An object with some of these keys. */
export const some = <P extends TProperties>(properties: P) => Type.Partial(Type.Object(properties));

/** An object with all of these keys. */
export const all = <P extends TProperties>(properties: P) => Type.Object(properties);

/** A list, or none. */
export const list = <T extends TSchema>(items: T) => Type.Union([Type.Array(items), Type.Null()]);

/** The texts that are there and not empty, each once. */
export function texts(...values: readonly (string | null | undefined)[]): string[] {
  return [...new Set(values.flatMap((value) => (value ? [value] : [])))];
}
