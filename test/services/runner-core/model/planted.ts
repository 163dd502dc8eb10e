import { join } from "node:path";
import { plantedSource } from "../../../planted-source";

const SOURCES = join(__dirname, "..", "..", "..", "..", "services", "runner-core", "src");

/** The model around functions that have a fault in their source. */
export interface Planted {
  readonly World: typeof import("./world").World;
}

/**
 * Loads the model with a fault in one source of the functions.
 *
 * @param file - the source, e.g. `guard.ts`.
 * @param right - text that stands in it once.
 * @param wrong - what stands there instead.
 */
export function modelWith(file: string, right: string, wrong: string): Planted {
  const path = join(SOURCES, file);
  let made: Planted | undefined;
  jest.isolateModules(() => {
    jest.doMock(path, () => plantedSource(path, right, wrong));
    made = require("./world") as Planted;
    jest.dontMock(path);
  });
  if (!made) throw new Error(`${file} was not loaded`);
  return made;
}
