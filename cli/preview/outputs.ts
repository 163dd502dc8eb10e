import { type Static, Type } from "@sinclair/typebox";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { InputError } from "../input/file";
import type { Json } from "../input/json";
import { schemaCheck } from "../input/schema";
import type { Metadata } from "./metadata";

const text = Type.String();
const optional = Type.Optional;

/** What a preview's stack says of what it made: its output `preview`. */
const OUTPUTS = Type.Object({
  endpoint: optional(text),
  log_group: text,
  cluster: text,
  service: optional(text),
  task_definition: optional(text),
  container: optional(text),
  listener_rule: optional(text),
  target_group: optional(text),
  wake_target_group: optional(text),
  database: optional(
    Type.Object({
      host: text,
      port: Type.Union([text, Type.Number()]),
      name: text,
      secret_arn: text,
      instance: optional(text),
    }),
  ),
});

/** What a preview's stack says. */
export type PreviewOutputs = Static<typeof OUTPUTS>;

const asOutputs = schemaCheck<PreviewOutputs>(OUTPUTS);

/** The output `preview` of a stack. @throws CliError when it is not what is agreed. */
export function outputsOf(value: Json | undefined, name: string): PreviewOutputs {
  try {
    return asOutputs(value);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new CliError(
      EXIT.FAILED,
      `output preview of preview ${name} is not what groundplan reads: ${error.message}`,
      "see previews/output.ts",
    );
  }
}

/** What is known of what a preview is made of. @throws CliError before it was made once. */
export function knownOutputs(metadata: Metadata): PreviewOutputs {
  if (metadata.outputs) return outputsOf(metadata.outputs as Json, metadata.name);
  throw new CliError(
    EXIT.FAILED,
    `preview ${metadata.name} is ${metadata.status}, and was never made`,
    `see why: npx groundplan preview status ${metadata.name}`,
  );
}
