import { join } from "node:path";
import { readInput } from "../input/file";
import { rootOf } from "../project/root";
import { environmentsOf } from "../project/select";
import type { KnownNames } from "./candidates";

/** Largest manifest that is read at a press of a key, in bytes: 5 MB. */
const LARGEST = 5_000_000;

/** A name that every shell takes as it is; others are not completed. */
const WORD = /^[\w.@+][\w.@+-]*$/;

/** The stacks that were synthesized last in the project of a folder; none where there are none, or nothing can be read. */
export function knownNames(folder: string): KnownNames {
  const stacks = namesIn(folder).map((name) => ({ name }));
  return { stacks: stacks.map(({ name }) => name), environments: environmentsOf(stacks).filter(isWord) };
}

const isWord = (name: string) => WORD.test(name);

function namesIn(folder: string): readonly string[] {
  try {
    const root = rootOf(folder);
    if (root === undefined) return [];
    const { output } = objectIn(join(root, "cdktf.json"));
    const file = join(root, typeof output === "string" ? output : "cdktf.out", "manifest.json");
    const { stacks } = objectIn(file);
    return Object.keys(stacks as object).filter(isWord);
  } catch {
    return [];
  }
}

function objectIn(file: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readInput(file, { bytes: LARGEST }).toString()) as Readonly<Record<string, unknown>>;
}
