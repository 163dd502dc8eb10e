import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** The nearest folder with a `cdktf.json`, from the given one upwards; undefined when there is none. */
export function rootOf(folder: string): string | undefined {
  for (let root = resolve(folder); ; root = dirname(root)) {
    if (existsSync(join(root, "cdktf.json"))) return root;
    if (dirname(root) === root) return undefined;
  }
}
