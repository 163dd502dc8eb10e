import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { transformSync } from "@swc/core";
import type { World } from "./world";

/** The worlds of `world.ts`. */
export type WorldClass = typeof World;

const SOURCES = join(__dirname, "..", "..", "..", "cli", "artifact");

/**
 * Worlds whose commands have a fault in their source.
 *
 * @param file - the source, e.g. `pins.ts`.
 * @param right - text that stands in it once.
 * @param wrong - what stands there instead.
 */
export function worldWith(file: string, right: string, wrong: string): WorldClass {
  const path = join(SOURCES, file);
  let made: WorldClass | undefined;
  jest.isolateModules(() => {
    jest.doMock(path, () => sourceWith(file, right, wrong));
    made = (require("./world") as { World: WorldClass }).World;
    jest.dontMock(path);
  });
  if (!made) throw new Error(`${file} was not loaded`);
  return made;
}

/** What a source exports that has a fault. */
export function sourceWith(file: string, right: string, wrong: string): object {
  const path = join(SOURCES, file);
  const parts = readFileSync(path, "utf8").split(right);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times ${right}`);
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
