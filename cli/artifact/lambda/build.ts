import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { megabytes } from "../../console/words";
import { writeWholeFile } from "../../process/whole-file";
import { WorkFolder } from "../../process/work-folder";
import type { Project } from "../../project/project";
import type { ArtifactContent, BuiltArtifact } from "../built";
import { commitOf } from "../commit";
import type { Service } from "../service";
import type { Content } from "./content";
import { goContent } from "./go";
import { includedFiles } from "./included";
import { checkMachines } from "./machine";
import { nodeContent } from "./node";
import { pythonContent } from "./python";
import { type Files, zip } from "./zip";

/** How a service is built. */
export interface BuildProps {
  /**
   * Whether errors of types fail it.
   *
   * @default true
   */
  readonly typecheck?: boolean;
}

/** Bytes that Lambda unpacks, code and layers together. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LARGEST = 250 * 2 ** 20;

/**
 * Builds a service: its code and what it includes, in a zip that is the same bytes wherever and whenever it is built
 * from the same source and lockfile. The zip is kept in `.groundplan/artifacts`.
 *
 * @throws CliError with what the compiler says of the source, or when Lambda could not run the result.
 */
export async function buildArtifact(
  project: Project,
  service: Service,
  props: BuildProps = {},
): Promise<BuiltArtifact> {
  const made = await buildContent(project, service, props);
  const folder = join(project.root, ".groundplan", "artifacts");
  const file = join(folder, `${service.name}-${made.sha256.slice(0, 12)}.zip`);
  mkdirSync(folder, { recursive: true });
  await WorkFolder.during(project, async (work) => {
    writeWholeFile(file, made.bytes, work.path);
  });
  return { ...made, service: service.name, file, commit: await commitOf(service.folder) };
}

/** Builds the same bytes for a use that is over at once: no file is left. @throws CliError as {@link buildArtifact} does. */
export async function buildContent(
  project: Project,
  service: Service,
  { typecheck = true }: BuildProps = {},
): Promise<ArtifactContent & Pick<BuiltArtifact, "warnings">> {
  const { architecture } = service.settings;
  const included = includedFiles(service);
  const content = await contentOf(project, service, typecheck, included);
  const files = { ...included, ...content.files };
  checkMachines(service.name, files, architecture);
  const size = Object.values(files).reduce((sum, content) => sum + content.length, 0);
  if (size > LARGEST) {
    throw new CliError(
      EXIT.FAILED,
      `service ${service.name} unpacks to ${megabytes(size)}; Lambda takes ${megabytes(LARGEST)}`,
      `at ${service.folder}`,
      "bundle less, or read large files from S3",
    );
  }
  return { ...zip(files, content.programs), warnings: content.warnings };
}

function contentOf(
  project: Project,
  service: Service,
  typecheck: boolean,
  included: Files,
): Promise<Content> {
  const { language, architecture } = service.settings;
  if (language === "go") return goContent(project, service, architecture);
  if (language === "python") return pythonContent(project, service);
  return nodeContent(project, service, typecheck, included);
}
