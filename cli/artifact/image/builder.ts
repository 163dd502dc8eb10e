import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";

/** What a build needs. */
export interface BuildRequest {
  /** Folder of the build's context. */
  readonly context: string;
  readonly dockerfile: string;
  readonly arguments: Readonly<Record<string, string>>;

  /** E.g. `linux/amd64`. */
  readonly platform: string;

  /** Seconds since 1970 that every file and the image itself get. */
  readonly epoch: number;

  /** Folder in which the OCI layout is to lie; it is not there yet. */
  readonly layout: string;

  /** File for the id of the image, in a folder of this run. */
  readonly idFile: string;

  /** Whether BuildKit takes steps of earlier builds; Podman and Buildah take none. */
  readonly cache: boolean;
}

/** A program and its arguments. */
export type Call = readonly [program: string, ...args: readonly string[]];

/** A program that makes images. */
export interface Builder {
  readonly name: BuilderName;

  /** Asks whether it can be used here. */
  readonly check: Call;

  /** What to do where the program is there and the check fails. */
  readonly remedy: string;

  /** What builds, up to the layout. @param id - reads the image's id, after the first call. */
  calls(request: BuildRequest): readonly ((id: () => string) => Call)[];
}

export type BuilderName = "buildx" | "podman" | "buildah";

const argumentsOf = (request: BuildRequest) =>
  Object.entries(request.arguments).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);

/** What Podman and Buildah take alike. */
const podmanArguments = (request: BuildRequest): readonly string[] => [
  "--format",
  "oci",
  // The time of every file, and of the image.
  "--timestamp",
  String(request.epoch),
  "--platform",
  request.platform,
  // Buildah's cache does not know the values of arguments: an image could have those of an earlier build.
  "--layers=false",
  "--iidfile",
  request.idFile,
  "--file",
  request.dockerfile,
  ...argumentsOf(request),
  request.context,
];

/** The builders, the one that is taken first in front. All of them end with the same: an OCI layout. */
export const BUILDERS: readonly Builder[] = [
  {
    name: "buildx",
    check: ["docker", "buildx", "inspect"],
    remedy: "start Docker, or make a builder: docker buildx create --use",
    calls: (request) => [
      () => [
        "docker",
        "buildx",
        "build",
        "--file",
        request.dockerfile,
        "--platform",
        request.platform,
        // The provenance is Groundplan's, signed, and no part of the image.
        "--provenance=false",
        "--sbom=false",
        ...(request.cache ? [] : ["--no-cache"]),
        ...argumentsOf(request),
        "--output",
        `type=oci,tar=false,rewrite-timestamp=true,dest=${request.layout}`,
        request.context,
      ],
    ],
  },
  {
    name: "podman",
    check: ["podman", "info"],
    remedy: "see what is wrong: podman info",
    calls: (request) => [
      () => ["podman", "build", ...podmanArguments(request)],
      (id) => ["podman", "save", "--format", "oci-dir", "--output", request.layout, id()],
    ],
  },
  {
    name: "buildah",
    check: ["buildah", "info"],
    remedy: "see what is wrong: buildah info",
    calls: (request) => [
      () => ["buildah", "build", ...podmanArguments(request)],
      (id) => ["buildah", "push", id(), `oci:${request.layout}`],
    ],
  },
];

/**
 * The builder to use: the one that is named, or the first that works here.
 *
 * @throws CliError that says of each what is wrong.
 */
export async function findBuilder(
  name: string | undefined,
  builders: readonly Builder[] = BUILDERS,
): Promise<Builder> {
  const known = builders.map((one) => one.name).join(", ");
  const asked = builders.filter((one) => name === undefined || one.name === name);
  if (asked.length === 0) {
    throw new CliError(EXIT.USAGE, `there is no builder ${JSON.stringify(name)}`, `use one of ${known}`);
  }
  const faults: string[] = [];
  for (const builder of asked) {
    const fault = await faultOf(builder);
    if (fault === undefined) return builder;
    faults.push(`${builder.name}: ${fault}`);
  }
  throw new CliError(
    EXIT.MISSING,
    name === undefined
      ? `nothing here builds images: ${known} were looked for`
      : `${name} does not work here`,
    ...faults,
  );
}

/** Why a builder cannot be used; undefined when it can. */
async function faultOf({ check, remedy }: Builder): Promise<string | undefined> {
  const [program, ...args] = check;
  const { exitCode, stderr, code } = await (await import("execa")).execa(program, args, {
    reject: false,
    timeout: 30_000,
  });
  if (exitCode === 0) return undefined;
  if (code === "ENOENT") return `there is no program ${program} on PATH`;
  const said = String(stderr).trim().split("\n").at(0) ?? "";
  return `${said === "" ? `${check.join(" ")} failed` : said}; ${remedy}`;
}
