/** A value of TOML: a text, a number, a truth, a list of them, or a table. */
export type TomlValue = string | number | boolean | readonly (string | number | boolean)[] | TomlTable;

/** A table of TOML. */
export interface TomlTable {
  readonly [key: string]: TomlValue;
}

/**
 * A table as a TOML document: its own values first, then a section for each table in it.
 *
 * What JSON writes of a text, a number, a truth or a list is TOML too.
 *
 * @see https://toml.io/en/v1.0.0
 */
export function toml(table: TomlTable, path: readonly string[] = []): string {
  const entries = Object.entries(table);
  const own = entries.filter(([, value]) => !isTable(value));
  const lines = own.map(([key, value]) => `${bare(key)} = ${JSON.stringify(value)}\n`);
  const head = path.length > 0 && lines.length > 0 ? `[${path.map(bare).join(".")}]\n` : "";
  const tables = entries.flatMap(([key, value]) => (isTable(value) ? [toml(value, [...path, key])] : []));
  return [head + lines.join(""), ...tables].filter((text) => text !== "").join("\n");
}

function bare(key: string): string {
  return /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
}

function isTable(value: TomlValue): value is TomlTable {
  return typeof value === "object" && !Array.isArray(value);
}
