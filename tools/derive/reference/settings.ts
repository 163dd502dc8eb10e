import { execFileSync } from "node:child_process";
import { join } from "node:path";

/**
 * The JSON Schema of a `cdktf.json` with settings of Groundplan, for editors: what CDKTF itself reads in it is let through.
 *
 * @param cli - folder of the built command line.
 */
export function settingsSchema(cli: string): string {
  const settings = join(cli, "dist", "project", "settings.js");
  const print = "console.log(JSON.stringify(require(process.argv[1]).SETTINGS_SCHEMA))";
  const text = execFileSync(process.execPath, ["-e", print, settings], { encoding: "utf8" });
  const { $id, title, ...block } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    $id,
    title,
    type: "object",
    properties: { groundplan: block },
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

/** The JSON Schema of `.idp/config.yml`, for editors. @param cli - folder of the built command line. */
export function previewConfigSchema(cli: string): string {
  const schema = join(cli, "dist", "preview", "config", "schema.js");
  const print = "console.log(JSON.stringify(require(process.argv[1]).CONFIG_SCHEMA))";
  const text = execFileSync(process.execPath, ["-e", print, schema], { encoding: "utf8" });
  const head = {
    $schema: "http://json-schema.org/draft-07/schema#",
    $id: "https://raw.githubusercontent.com/groundplan/groundplan/main/cli/preview-config.schema.json",
  };
  return `${JSON.stringify({ ...head, ...(JSON.parse(text) as object) }, undefined, 2)}\n`;
}
