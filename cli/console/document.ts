import { type TProperties, Type } from "@sinclair/typebox";

/** The schema of what a command prints as JSON, with its name and version in front. */
export function documentSchema<F extends `groundplan.${string}`, P extends TProperties>(
  format: F,
  description: string,
  properties: P,
) {
  return Type.Object(
    { format: Type.Literal(format), version: Type.Literal(1), ...properties },
    { title: format, description },
  );
}
