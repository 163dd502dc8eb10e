import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { type Bundle, bundle } from "../bundle";
import type { Service } from "../service";

/** Folder of the bundle in the context, for `COPY bundle/`. */
const BUNDLE = "bundle";

/** The oldest Node that runs the bundle, in esbuild's words: that of the command line. */
const RUNTIME = "node20";

/** What is no part of a service: dependencies, results of builds, and what editors and desktops leave. */
const LEFT_OUT =
  /^(?:node_modules|dist|\.git|\.groundplan|coverage|\.DS_Store|\._.*|Thumbs\.db|.*~|.*\.tsbuildinfo)$/;

/**
 * Makes the context of a build: the service's folder, and its bundle where it has a `main`. Modes of files are
 * the same whatever the umask of this checkout was, for they are a part of the image.
 */
export async function makeContext(service: Service, folder: string): Promise<void> {
  copy(service.folder, folder, service);
  if (service.entry === undefined) return;
  const taken = join(folder, BUNDLE);
  if (readdirSync(folder).includes(BUNDLE)) {
    throw new CliError(
      EXIT.USAGE,
      `service ${service.name} has a folder ${BUNDLE}, which is the name of what is bundled from its main`,
      `at ${join(service.folder, BUNDLE)}`,
      "give it another name",
    );
  }
  const made = await bundle(service, RUNTIME);
  const unnamed = made.external.filter(({ name }) => !service.settings.external.includes(name));
  if (unnamed.length > 0) {
    throw new CliError(
      EXIT.USAGE,
      `service ${service.name} needs ${unnamed.map(({ name }) => name).join(", ")}, which has native code and cannot be in a bundle`,
      `at ${service.folder}`,
      'install it in the Dockerfile, and say so: "groundplan": { "external": ["<package>"] } in package.json',
    );
  }
  writeBundle(taken, made);
}

/** Writes the code, and of each package in it what scanners read: name, version and licence. */
function writeBundle(folder: string, { file, code, sourceMap, packages }: Bundle): void {
  mkdirSync(folder, { mode: 0o755 });
  writeFileSync(join(folder, "index.js"), code, { mode: 0o644 });
  if (sourceMap) writeFileSync(join(folder, `${file}.map`), sourceMap, { mode: 0o644 });
  // One name in every Dockerfile, whichever kind of modules it has.
  if (file === "index.mjs")
    writeFileSync(join(folder, "package.json"), '{"type":"module"}\n', { mode: 0o644 });
  for (const one of packages) {
    const at = join(folder, "node_modules", one.name);
    mkdirSync(at, { recursive: true, mode: 0o755 });
    writeFileSync(join(at, "package.json"), `${JSON.stringify(one, null, 2)}\n`, { mode: 0o644 });
  }
}

function copy(from: string, to: string, service: Service): void {
  mkdirSync(to, { recursive: true, mode: 0o755 });
  for (const name of readdirSync(from).sort()) {
    if (LEFT_OUT.test(name)) continue;
    const path = join(from, name);
    const status = lstatSync(path);
    if (status.isDirectory()) copy(path, join(to, name), service);
    else if (status.isFile()) {
      writeFileSync(join(to, name), readFileSync(path), { mode: status.mode & 0o100 ? 0o755 : 0o644 });
    } else if (status.isSymbolicLink()) cpSync(path, join(to, name), { verbatimSymlinks: true });
    else {
      throw new CliError(
        EXIT.USAGE,
        `service ${service.name} has what is neither a file nor a folder`,
        `at ${path}`,
        "take it out",
      );
    }
  }
}
