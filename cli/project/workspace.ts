import { existsSync } from "node:fs";
import { posix, resolve } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { InputError, readInput } from "../input/file";
import type { Stack } from "./project";

/** The workspace that Terraform is in unless it is told another one. */
export const DEFAULT_WORKSPACE = "default";

/** Largest file with the name of a workspace, in bytes. */
const LARGEST = 1_000;

/**
 * The workspace in which Terraform plans and applies a stack: TF_WORKSPACE, else the one that `terraform workspace select`
 * has chosen in the stack's folder.
 *
 * @throws CliError for a name that Terraform refuses too.
 */
export function workspaceOf({ folder }: Pick<Stack, "folder">): string {
  const name = process.env.TF_WORKSPACE || selected(folder) || DEFAULT_WORKSPACE;
  if (/^[\w.~$&+:=@-]+$/.test(name) && !/^\.{1,2}$/.test(name)) return name;
  throw new CliError(
    EXIT.USAGE,
    `invalid workspace ${JSON.stringify(name)}`,
    process.env.TF_WORKSPACE ? "at TF_WORKSPACE" : `at ${folder}`,
    "use letters, digits, hyphens, underscores and dots",
  );
}

/** What `terraform workspace select` has written; undefined where nothing was selected. */
function selected(folder: string): string | undefined {
  const file = resolve(folder, process.env.TF_DATA_DIR || ".terraform", "environment");
  if (!existsSync(file)) return undefined;
  try {
    return readInput(file, { bytes: LARGEST }).toString().trim();
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/**
 * The key at which an S3 backend keeps the state of a workspace.
 *
 * @param block - the backend's block.
 * @see https://developer.hashicorp.com/terraform/language/backend/s3#workspace_key_prefix
 */
export function stateKey(block: Readonly<Record<string, unknown>>, key: string, workspace: string): string {
  if (workspace === DEFAULT_WORKSPACE) return key;
  const { workspace_key_prefix: prefix } = block;
  return posix.join(typeof prefix === "string" ? prefix : "env:", workspace, key);
}
