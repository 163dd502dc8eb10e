import { readdirSync, realpathSync, statSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { readInputFile } from "../../input/file";
import type { Service } from "../service";

/** What editors, desktops and git leave in folders: it is no part of a service, and differs from machine to machine. */
const LEFT_OUT = /^(?:\.DS_Store|\._.*|Thumbs\.db|desktop\.ini|\.git|.*~|\.?.*\.sw[op])$/i;

/** Largest file that is read, in bytes: Lambda takes 250 MB of code. */
const LARGEST = 250_000_000;

/**
 * The files below the included paths, by their paths within the service. A link within the service is its target's
 * content; what editors and desktops leave is left out.
 *
 * @throws CliError when a path is not there, or a link leaves the service or leads back into itself.
 */
export function includedFiles(service: Service): Readonly<Record<string, Uint8Array>> {
  return Object.assign({}, ...service.include.map((path) => filesAt(service, path, path)));
}

/**
 * A file of a service, or the files below a folder of it, as {@link includedFiles} takes them.
 *
 * @param to - the path that it gets.
 */
export function filesAt(
  { folder, name }: Service,
  path: string,
  to: string,
): Readonly<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  const root = realpathSync(folder);
  const fail = (what: string, path: string, instead: string) =>
    new CliError(EXIT.USAGE, `service ${name} includes ${what}`, `at ${path}`, instead);
  /** @param above - the real folders that the path is in. */
  const start = join(folder, path);
  const add = (path: string, above: readonly string[]) => {
    const real = realOf(path);
    const within = relative(folder, path).split(sep).join(posix.sep);
    if (real === undefined) {
      throw fail(`${within}, which is not there`, path, "make it, or take it out of groundplan.include");
    }
    if (real !== root && !real.startsWith(root + sep)) {
      throw fail(`${within}, a link to what is not the service's`, real, "copy it into the folder");
    }
    if (above.includes(real)) {
      throw fail(`${within}, a link to a folder that it is in`, real, "take the link out");
    }
    if (!statSync(real).isDirectory()) {
      files[posix.join(to, relative(start, path).split(sep).join(posix.sep))] = readInputFile(
        real,
        { bytes: LARGEST },
        "take it out of groundplan.include",
      );
      return;
    }
    for (const entry of readdirSync(real)) {
      if (!LEFT_OUT.test(entry)) add(join(path, entry), [...above, real]);
    }
  };
  add(start, []);
  return files;
}

/** Where a path leads; undefined when that is not there, or links go in a circle. */
function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
