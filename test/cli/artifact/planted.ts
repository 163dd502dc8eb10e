import { join } from "node:path";
import { plantedSource } from "../../planted-source";
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

/** What a source of `cli/artifact` exports that has a fault. */
export function sourceWith(file: string, right: string, wrong: string): object {
  return plantedSource(join(SOURCES, file), right, wrong);
}
