import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { InputError, readInput } from "../input/file";

/** Largest dump that is loaded, in bytes: 100 MB. What is larger is a source, of which a copy is made. */
const LARGEST = 100_000_000;

/**
 * The dump that `.idp/config.yml` names; undefined where it names none.
 *
 * @param root - the repository's root, in which the dump has to lie.
 */
export function readSeed(root: string, path: string | undefined): Buffer | undefined {
  if (path === undefined) return undefined;
  const file = join(root, path);
  try {
    return readInput(file, { bytes: LARGEST, within: root });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new CliError(
      EXIT.USAGE,
      `the dump ${path} of .idp/config.yml cannot be read: ${error.message}`,
      `at ${file}`,
      "write the path of a file of the repository, of at most 100 MB, e.g. seed: db/seed.sql",
    );
  }
}
