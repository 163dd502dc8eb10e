import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { transformSync } from "@swc/core";

/**
 * What a source exports that has a fault.
 *
 * @param path - the source.
 * @param right - text that stands in it once.
 * @param wrong - what stands there instead.
 */
export function plantedSource(path: string, right: string, wrong: string): object {
  const parts = readFileSync(path, "utf8").split(right);
  if (parts.length !== 2) throw new Error(`${path} has ${parts.length - 1} times ${right}`);
  const { code } = transformSync(parts.join(wrong), {
    swcrc: false,
    jsc: { parser: { syntax: "typescript" }, target: "es2022" },
    module: { type: "commonjs" },
  });
  const planted = { exports: {} };
  const load = (id: string) => require(id.startsWith(".") ? join(dirname(path), id) : id);
  new Function("require", "module", "exports", code)(load, planted, planted.exports);
  return planted.exports;
}
