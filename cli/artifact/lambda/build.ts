import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { megabytes } from "../../console/words";
import { writeWholeFile } from "../../process/whole-file";
import { WorkFolder } from "../../process/work-folder";
import type { Project } from "../../project/project";
import type { BuiltArtifact } from "../built";
import { bundle } from "../bundle";
import { commitOf } from "../commit";
import type { Service } from "../service";
import { includedFiles } from "./included";
import { zip } from "./zip";

/** The file that Lambda loads: `handler` of it is what an `ArtifactFunction` calls by default. */
const BUNDLE = "index.js";

/** The oldest Node of Lambda that runs it, in esbuild's words. */
const RUNTIME = "node22";

/** Bytes that Lambda unpacks, code and layers together. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LARGEST = 250 * 2 ** 20;

/**
 * Builds a service: one bundled file and what it includes, in a zip that is the same bytes wherever and
 * whenever it is built from the same source and lockfile.
 *
 * @throws CliError with what esbuild says of the source, or when the result is too large for Lambda.
 */
export async function buildArtifact(project: Project, service: Service): Promise<BuiltArtifact> {
  const included = includedFiles(service);
  if (included[BUNDLE]) {
    throw new CliError(
      EXIT.USAGE,
      `service ${service.name} includes ${BUNDLE}, which is the name of the bundle`,
      `at ${join(service.folder, BUNDLE)}`,
      "give it another name",
    );
  }
  const files = { ...included, [BUNDLE]: (await bundle(service, RUNTIME)).code };
  const size = Object.values(files).reduce((sum, content) => sum + content.length, 0);
  if (size > LARGEST) {
    throw new CliError(
      EXIT.FAILED,
      `service ${service.name} unpacks to ${megabytes(size)}; Lambda takes ${megabytes(LARGEST)}`,
      `at ${service.folder}`,
      "bundle less, or read large files from S3",
    );
  }
  const made = zip(files);
  const folder = join(project.root, ".groundplan", "artifacts");
  const file = join(folder, `${service.name}-${made.sha256.slice(0, 12)}.zip`);
  mkdirSync(folder, { recursive: true });
  await WorkFolder.during(project, async (work) => {
    writeWholeFile(file, made.bytes, work.path);
  });
  return { ...made, service: service.name, file, commit: await commitOf(service.folder) };
}
