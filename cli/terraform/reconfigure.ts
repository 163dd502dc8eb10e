import { existsSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { InputError } from "../input/file";
import { readJson } from "../input/json";
import type { Stack } from "../project/project";

/**
 * The arguments with which `init` takes the backend as it is written, and asks nothing about the one before.
 *
 * HCP Terraform and Terraform Enterprise refuse `-reconfigure`. What it does elsewhere is done here: the note of the backend
 * before is removed. The state is not in it. They leave the name of their workspace as the selected one, which is none of
 * the next backend's: it is removed too.
 */
export function reconfiguring({ json, folder }: Pick<Stack, "json" | "folder">): readonly string[] {
  const data = resolve(folder, process.env.TF_DATA_DIR || ".terraform");
  const note = join(data, "terraform.tfstate");
  if (json.terraform?.cloud !== undefined) {
    rmSync(note, { force: true });
    return [];
  }
  if (backendNoted(note, data) === "cloud") rmSync(join(data, "environment"), { force: true });
  return ["-reconfigure"];
}

/** Largest note that is read, in bytes. */
const LARGEST = 1_000_000;

/** The backend of the last `init`; undefined when there was none, or what it left cannot be read. */
function backendNoted(note: string, within: string): unknown {
  if (!existsSync(note)) return undefined;
  try {
    const { backend } = readJson(note, { bytes: LARGEST, within }) as { backend?: { type?: unknown } };
    return backend?.type;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
