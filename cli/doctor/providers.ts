import { existsSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../console/errors";
import type { Project, Stack } from "../project/project";
import type { Binary } from "../terraform/binary";
import { LOCK_FILE, lockFaults, PLATFORMS } from "../terraform/lock/lock";
import { requirementsOf } from "../terraform/lock/requirements";
import { findMirror } from "../terraform/mirror";
import { type Finding, fail, failed, ok, warn } from "./finding";

/** Where Terraform gets its providers from. */
export function checkMirror(environment: NodeJS.ProcessEnv = process.env): Finding {
  const check = "Provider mirror";
  const file = environment.TF_CLI_CONFIG_FILE;
  if (file && existsSync(file)) return ok(check, `as ${file} says (TF_CLI_CONFIG_FILE)`);
  const mirror = findMirror();
  const missing = file ? `TF_CLI_CONFIG_FILE names ${file}, which is not there; ` : "";
  const found = mirror
    ? `${mirror.path} with ${mirror.providers.join(", ")}`
    : "none found: the registry is used";
  return missing === ""
    ? ok(check, found)
    : warn(
        check,
        `${missing}${found}`,
        "Groundplan does without it; for a Terraform of your own: unset TF_CLI_CONFIG_FILE",
      );
}

/** Whether the committed lock covers what the stacks require. */
export async function checkLock(
  { root }: Project,
  stacks: readonly Stack[],
  binary: Binary | undefined,
): Promise<Finding> {
  const check = "Provider lock";
  const file = join(root, LOCK_FILE);
  const renew = "renew and commit it: npx groundplan lock";
  try {
    const requirements = requirementsOf(stacks);
    if (requirements.length === 0) return ok(check, "not needed: no stack requires a provider");
    if (!existsSync(file)) {
      const found = `${LOCK_FILE} is missing: each run takes the newest versions that the stacks allow`;
      return warn(check, found, renew);
    }
    if (binary === undefined)
      return warn(check, "not checked: Terraform is missing", "install Terraform first");
    const faults = await lockFaults({ file, requirements, platforms: PLATFORMS, terraform: binary.command });
    if (faults.length > 0) return fail(check, faults.join("; "), renew);
    const names = requirements.map(({ address }) => address.split("/").slice(-2).join("/"));
    return ok(check, `covers ${names.join(", ")}`);
  } catch (error) {
    if (error instanceof CliError) return failed(check, error);
    throw error;
  }
}
