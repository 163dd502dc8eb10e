import { join, resolve } from "node:path";
import { readInput } from "../input/file";
import { type EnvironmentSetting, namingOf } from "../project/naming";
import { rootOf } from "../project/root";
import { environmentsOf } from "../project/select";
import type { KnownNames } from "./candidates";

/** Largest manifest that is read at a press of a key, in bytes: 5 MB. */
const LARGEST = 5_000_000;

/** A name that every shell takes as it is; others are not completed. */
const WORD = /^[\w.@+][\w.@+-]*$/;
const isWord = (name: string) => WORD.test(name);

/** The stacks that were synthesized last in the project of a folder; none where there are none, or nothing can be read. */
export function knownNames(folder: string): KnownNames {
  try {
    const root = rootOf(folder);
    if (root === undefined) return NONE;
    const { output, groundplan } = objectIn(join(root, "cdktf.json"));
    const manifest = resolve(root, typeof output === "string" ? output : "cdktf.out", "manifest.json");
    const stacks = Object.keys(objectIn(manifest).stacks as object).filter(isWord);
    // Not by readSettings: what checks them takes longer to load than a press of a key may.
    const { environment } = (groundplan ?? {}) as { readonly environment?: EnvironmentSetting };
    const { names } = namingOf(stacks, environment);
    const named = stacks.map((name) => ({ name, ...names.get(name) }));
    return { stacks, environments: environmentsOf(named).filter(isWord) };
  } catch {
    return NONE;
  }
}

const NONE: KnownNames = { stacks: [], environments: [] };

function objectIn(file: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readInput(file, { bytes: LARGEST }).toString()) as Readonly<Record<string, unknown>>;
}
