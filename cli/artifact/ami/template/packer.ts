import { gte, valid } from "semver";
import { CliError } from "../../../console/errors";
import { EXIT } from "../../../console/exit-codes";
import type { PackerGeneration } from "./settings";

/** Asks no server whether there is a newer one. */
const QUIET = { CHECKPOINT_DISABLE: "1" };

/** The first Packer that takes the template of today, and the one of Debian that takes the other. */
const CURRENT = "1.10.0";
const DEBIAN = "1.6.6";

/**
 * Which Packer is on PATH.
 *
 * @throws CliError when there is none, or one that takes neither template.
 */
export async function packerAtHand(): Promise<PackerGeneration> {
  const { exitCode, stdout } = await (await import("execa")).execa("packer", ["version"], {
    reject: false,
    timeout: 60_000,
    env: QUIET,
  });
  if (exitCode !== 0) {
    throw new CliError(
      EXIT.MISSING,
      "there is no Packer on PATH",
      "install 1.10 or newer: https://developer.hashicorp.com/packer/install",
      "or say for which one the template is: --packer current",
    );
  }
  return generationOf(stdout);
}

/** @throws CliError for a version that takes neither template. */
export function generationOf(output: string): PackerGeneration {
  const version = valid(/v(\d+\.\d+\.\d+)/.exec(output)?.[1] ?? "");
  if (version !== null && gte(version, CURRENT)) return "current";
  if (version === DEBIAN) return "1.6";
  const what =
    version === null ? `packer version said ${JSON.stringify(output.slice(0, 80))}` : `Packer is ${version}`;
  throw new CliError(
    EXIT.MISSING,
    `${what}: ${CURRENT} is the least, or Debian's ${DEBIAN}`,
    "install a newer one: https://developer.hashicorp.com/packer/install",
  );
}
