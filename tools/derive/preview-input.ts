import { INPUT } from "../../previews/input";

/** The document of a preview as a JSON Schema: for `groundplan preview`, which writes such documents and imports nothing of `previews/`. */
export function previewInputSchema(): string {
  const { $id: _, ...schema } = INPUT;
  const head = {
    $schema: "http://json-schema.org/draft-07/schema#",
    $id: "https://raw.githubusercontent.com/groundplan/groundplan/main/cli/preview-input.schema.json",
  };
  return `${JSON.stringify({ ...head, ...schema }, null, 2)}\n`;
}
