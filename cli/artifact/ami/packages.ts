import { existsSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { InputError, readInput } from "../../input/file";
import { decode } from "../../input/json";
import { run } from "../../process/run";
import { inThrowAway } from "../../process/throw-away";
import { writeWholeFile } from "../../process/whole-file";
import { hasSyft, scanBySyft } from "../syft";

/** What dpkg and the system say of themselves: all that is taken out of what the build has fetched. */
const STATUS = "var/lib/dpkg/status";
const SYSTEM = "etc/os-release";

/** Largest of them, and largest list, in bytes. */
const LARGEST = 100_000_000;

/** Who has made a list: syft as SPDX, or dpkg as lines of name, version and processor, where there is no syft. */
export type ListedBy = "syft" | "dpkg";

/** Name of a Region's list. */
export function packagesFile(region: string, by: ListedBy): string {
  return `packages-${region}.${by === "syft" ? "spdx.json" : "txt"}`;
}

/** A list of an image's packages. */
export interface PackageList {
  readonly file: string;
  readonly by: ListedBy;
}

/**
 * Writes what packages an image has, out of what its build has fetched from the machine.
 *
 * @param inventory - archive with the state of dpkg.
 * @throws CliError when the archive has none.
 */
export async function writePackages(
  inventory: string,
  folder: string,
  region: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<PackageList> {
  return inThrowAway(async (root) => {
    // Two files by their names: whatever else is in there stays there.
    const { exitCode, all } = await run("tar", ["-xf", inventory, "--no-same-owner", STATUS, SYSTEM], {
      cwd: root,
    });
    if (exitCode !== 0)
      throw new CliError(EXIT.FAILED, `the list of packages of ${region} cannot be read`, all.slice(-300));
    const by: ListedBy = (await hasSyft(env)) ? "syft" : "dpkg";
    const file = join(folder, packagesFile(region, by));
    if (by === "syft")
      await scanBySyft(`dir:${root}`, { "spdx-json": file }, root, ["--source-name", "image"]);
    else writeWholeFile(file, dpkgList(read(root, STATUS, region)), folder);
    return { file, by };
  });
}

function read(root: string, path: string, region: string): string {
  try {
    return decode(readInput(join(root, path), { bytes: LARGEST, within: root }));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new CliError(EXIT.FAILED, `the list of packages of ${region} cannot be read: ${error.message}`);
  }
}

/** Installed packages, a line each with name, version and processor, sorted. @param status - dpkg's own file. */
export function dpkgList(status: string): string {
  const lines = status.split(/\n{2,}/).flatMap((stanza) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(stanza)?.[1]?.trim() ?? "";
    return field("Status").endsWith(" installed")
      ? [`${field("Package")} ${field("Version")} ${field("Architecture")}`]
      : [];
  });
  return `${lines.sort().join("\n")}\n`;
}

/** The lists that builds have written into a folder, by the names of their files. */
export function packageLists(folder: string, regions: readonly string[]): ReadonlyMap<string, string> {
  const lists = new Map<string, string>();
  for (const region of regions)
    for (const by of ["syft", "dpkg"] as const) {
      const name = packagesFile(region, by);
      if (existsSync(join(folder, name))) lists.set(name, read(folder, name, region));
    }
  return lists;
}
