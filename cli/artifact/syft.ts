import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { run } from "../process/run";

/** Program that lists what is in an image. */
const SYFT = "syft";

/** Whether it is on PATH. */
export async function hasSyft(env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const { exitCode } = await (await import("execa")).execa(SYFT, ["version"], {
    reject: false,
    timeout: 30_000,
    env,
    extendEnv: false,
  });
  return exitCode === 0;
}

/** Forms of a list that scanners and authorities ask for. */
export type SbomForm = "cyclonedx-json" | "spdx-json";

/**
 * Lists what is in an image.
 *
 * @param source - as syft names it, e.g. `oci-dir:<folder>` or `dir:<folder>`.
 * @param outputs - a file for each form.
 * @param folder - where it runs.
 * @throws CliError with the end of what syft printed.
 */
export async function scanBySyft(
  source: string,
  outputs: Partial<Readonly<Record<SbomForm, string>>>,
  folder: string,
  options: readonly string[] = [],
): Promise<void> {
  const args = Object.entries(outputs).flatMap(([form, file]) => ["--output", `${form}=${file}`]);
  const { exitCode, all } = await run(SYFT, ["scan", source, "--quiet", ...options, ...args], {
    cwd: folder,
    env: { SYFT_CHECK_FOR_APP_UPDATE: "false" },
  });
  if (exitCode === 0) return;
  throw new CliError(
    EXIT.FAILED,
    `syft cannot list what is in the image: it ended with ${exitCode}`,
    ...all.trim().split("\n").slice(-5),
  );
}
