import { renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Writes a file whole or not at all: whoever reads it meanwhile gets what was there before. A link of its name is
 * replaced, and not followed.
 *
 * @param staging - folder of the same file system in which it is written first, e.g. a work folder, which the next run
 * removes after a kill. By default its own.
 * @param mode - who may read and write it. By default what the system gives a new file.
 */
export function writeWholeFile(
  file: string,
  content: string | Uint8Array,
  staging = dirname(file),
  mode?: number,
): void {
  const temporary = join(staging, `${basename(file)}.${process.pid}`);
  try {
    // What has this name already may lead elsewhere.
    rmSync(temporary, { force: true });
    writeFileSync(temporary, content, { flag: "wx", ...(mode === undefined ? {} : { mode }) });
    renameSync(temporary, file);
  } catch (error) {
    // A full disk: what is half written would only fill it more.
    rmSync(temporary, { force: true });
    throw error;
  }
}
