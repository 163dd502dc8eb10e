import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { readInputFile } from "../../input/file";
import { ownSecrets } from "../../process/own-secrets";
import { run } from "../../process/run";
import { WorkFolder } from "../../process/work-folder";
import type { Progress } from "../../progress/tasks";
import type { Project } from "../../project/project";
import { commitOf, commitTime } from "../commit";
import type { Service } from "../service";
import { type Builder, type BuilderName, findBuilder } from "./builder";
import { makeContext } from "./context";
import { argumentsOf, checkDockerfile, type Instruction, readDockerfile } from "./dockerfile";
import { type Layout, readLayout, sizeOf } from "./layout";
import { commitTag, shortDigest } from "./reference";

/** What may be said of a build. */
export interface ImageBuildOptions {
  readonly builder?: string;

  /** Image of the argument `BASE_IMAGE`, by its digest. */
  readonly base?: string;

  /** Further arguments of the Dockerfile. */
  readonly arguments?: Readonly<Record<string, string>>;

  /** @default "linux/amd64" */
  readonly platform?: string;

  /** @default true */
  readonly cache?: boolean;
}

/** An image on this machine. */
export interface BuiltImage {
  readonly service: string;
  readonly layout: Layout;
  readonly digest: string;

  /** As `commitOf` writes it. */
  readonly commit: string;

  /** The tag that names the commit. */
  readonly tag: string;
  readonly builder: BuilderName;
  readonly platform: string;

  /** Arguments that the Dockerfile was given. */
  readonly arguments: Readonly<Record<string, string>>;

  /** Seconds since 1970 that every file in it has. */
  readonly epoch: number;

  /** Bytes as they are pushed. */
  readonly size: number;
}

/** Bytes of the largest Dockerfile that is read. */
const LARGEST_DOCKERFILE = 1_000_000;

/**
 * Builds the image of a service: the same bytes for the same commit, arguments and builder. It lies as an OCI layout in
 * `.groundplan/artifacts`; nothing is pushed.
 *
 * @throws CliError when the Dockerfile makes no image that can be pinned, or the builder fails.
 */
export async function buildImage(
  project: Project,
  service: Service,
  options: ImageBuildOptions,
  progress: Progress,
): Promise<BuiltImage> {
  const path = join(service.folder, "Dockerfile");
  const instructions = readDockerfile(
    readInputFile(path, { bytes: LARGEST_DOCKERFILE }, "write one of less than a megabyte").toString(),
  );
  const commit = await commitOf(service.folder);
  const given = givenArguments(instructions, options, commit);
  checkDockerfile(path, instructions, given);
  const builder = await findBuilder(options.builder);
  const epoch = await commitTime(service.folder);
  const { platform = "linux/amd64", cache = true } = options;
  progress(`building with ${builder.name}`);
  return WorkFolder.during(project, async (work) => {
    const context = work.file("context");
    const made = work.file("layout");
    await makeContext(service, context);
    await runBuilder(builder, service, progress, {
      context,
      dockerfile: join(context, "Dockerfile"),
      arguments: given,
      platform,
      epoch,
      layout: made,
      idFile: work.file("image-id"),
      cache,
    });
    const { digest } = readLayout(made).root;
    const layout = readLayout(keep(project, service, made, digest));
    return {
      service: service.name,
      layout,
      digest,
      commit,
      tag: commitTag(commit, digest),
      builder: builder.name,
      platform,
      arguments: given,
      epoch,
      size: sizeOf(layout),
    };
  });
}

/** Moves a layout to where it stays. One of the same digest has the same content. */
function keep(project: Project, { name }: Service, made: string, digest: string): string {
  const parent = join(project.root, ".groundplan", "artifacts");
  const folder = join(parent, `${name}-${shortDigest(digest)}`);
  mkdirSync(parent, { recursive: true });
  // One that was cut short by a full disk would be taken for whole.
  if (existsSync(folder)) rmSync(folder, { recursive: true });
  renameSync(made, folder);
  return folder;
}

function givenArguments(
  instructions: readonly Instruction[],
  { base, arguments: further = {} }: ImageBuildOptions,
  commit: string,
): Readonly<Record<string, string>> {
  const known = argumentsOf(instructions);
  const wanted = { ...(base === undefined ? {} : { BASE_IMAGE: base }), ...further };
  const unknown = Object.keys(wanted).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new CliError(
      EXIT.USAGE,
      `the Dockerfile takes no argument ${unknown.join(", ")}`,
      known.length === 0 ? "write ARG <name> into it" : `it takes ${[...new Set(known)].join(", ")}`,
    );
  }
  const [sha = "", changes] = commit.split("+");
  const version = `${sha.slice(0, 12)}${changes === undefined ? "" : "-changes"}`;
  return { ...(known.includes("APP_VERSION") ? { APP_VERSION: version } : {}), ...wanted };
}

async function runBuilder(
  builder: Builder,
  { name }: Service,
  progress: Progress,
  request: Parameters<Builder["calls"]>[0],
): Promise<void> {
  const id = () => readFileSync(request.idFile, "utf8").trim();
  for (const call of builder.calls(request)) {
    const [program, ...args] = call(id);
    const { exitCode, all } = await run(program, args, {
      cwd: request.context,
      env: { SOURCE_DATE_EPOCH: String(request.epoch) },
      live: {
        progress: (text) => progress(text.slice(0, 100)),
        mask: (text) => ownSecrets().scrubUnfinished(text),
      },
    });
    if (exitCode === 0) continue;
    const last = all.trim().split("\n").slice(-15);
    throw new CliError(
      EXIT.FAILED,
      `the image of ${name} does not build: ${program} ended with ${exitCode}`,
      ...last.map((text) => text.slice(0, 300)),
    );
  }
}
