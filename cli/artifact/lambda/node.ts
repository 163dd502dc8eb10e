import { realpathSync } from "node:fs";
import { relative } from "node:path";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { WorkFolder } from "../../process/work-folder";
import type { Project } from "../../project/project";
import { type Bundle, bundle } from "../bundle";
import type { Service } from "../service";
import { type Beside, besideOf } from "./beside";
import type { Content } from "./content";
import { filesAt } from "./included";
import { nativePackages } from "./native-packages";
import { checkTypes } from "./typecheck";
import type { Files } from "./zip";

/**
 * What goes into the zip of a service in TypeScript or JavaScript: its bundle, what that reads beside itself, and the
 * packages that cannot be in it.
 *
 * @param typecheck - whether errors of types fail it.
 * @param included - what goes in as it is.
 */
export async function nodeContent(
  project: Project,
  service: Service,
  typecheck: boolean,
  included: Files,
): Promise<Content> {
  const { architecture } = service.settings;
  // Lambda takes whichever of these it finds first.
  refuseTaken(service, included, ["index.js", "index.mjs", "index.cjs"]);
  const bundling = bundle(service);
  const isModule = bundling.then(
    ({ file }) => file === "index.mjs",
    () => false,
  );
  const checked = typecheck ? checkTypes(service, isModule) : Promise.resolve();
  // Esbuild says more plainly what does not parse, so its words come first.
  const [bundled, types] = await Promise.allSettled([bundling, checked]);
  if (bundled.status === "rejected") throw bundled.reason;
  if (types.status === "rejected") throw types.reason;
  checkHandler(service, bundled.value);
  const { file, code, sourceMap, external, sources } = bundled.value;
  const native = await WorkFolder.during(project, (work) =>
    nativePackages(project, service, external, architecture, work),
  );
  const made: Files = { [file]: code, ...(sourceMap ? { [`${file}.map`]: sourceMap } : {}), ...native };
  refuseTaken(service, included, Object.keys(made));
  const beside = besideFiles(service, besideOf(service, sources), { ...included, ...made });
  return { files: { ...made, ...beside.files }, programs: [], warnings: beside.warnings };
}

/** @throws CliError when a bundle does not export what its handler names. */
function checkHandler(
  { name, folder, entry, settings: { handler } }: Service,
  { exported, code }: Bundle,
): void {
  const wanted = handler.slice("index.".length);
  const isThere = exported?.includes(wanted) ?? Buffer.from(code).includes(wanted);
  if (isThere) return;
  const names = (exported ?? []).filter((one) => one !== "default");
  throw new CliError(
    EXIT.FAILED,
    `the bundle of service ${name} has no export ${wanted}, which its handler ${handler} names${names.length > 0 ? `: it has ${names.join(", ")}` : ""}`,
    `at ${entry}`,
    `export it, or name another in ${folder}/package.json: "groundplan": { "handler": "index.${names[0] ?? "main"}" }, and as handler of its ArtifactFunction`,
  );
}

function refuseTaken({ name, folder }: Service, included: Files, names: readonly string[]): void {
  const taken = names.find((path) => included[path] !== undefined);
  if (taken === undefined) return;
  throw new CliError(
    EXIT.USAGE,
    `service ${name} includes ${taken}, which is the name of ${taken.startsWith("node_modules/") ? "a package's file" : "the bundle"}`,
    `at ${folder}/${taken}`,
    "give it another name",
  );
}

/** The files that sources read beside themselves, where the bundle will look for them; of the others, a warning. */
function besideFiles(service: Service, found: readonly Beside[], taken: Files) {
  const files: Record<string, Uint8Array> = {};
  const warnings: string[] = [];
  const isThere = (path: string) =>
    [...Object.keys(taken), ...Object.keys(files)].some((one) => one === path || one.startsWith(`${path}/`));
  for (const { at, path, source } of found) {
    if (path === undefined) {
      warnings.push(
        `${at} reads a file beside itself, and only a run knows which: name what it may be in groundplan.include`,
      );
    } else if (path.startsWith("..")) {
      warnings.push(
        `${at} reads ${path} beside itself, which lies outside of the zip: the bundle is at its root; put the file beside the source, or name it in groundplan.include and read it from there`,
      );
    } else if (source !== undefined && !isOwn(service, source)) {
      warnings.push(`${at} reads ${path}, a link to what is not the service's: copy it into the folder`);
    } else if (source !== undefined && !isThere(path)) {
      Object.assign(files, filesAt(service, relative(service.folder, source), path));
    } else if (!isThere(path)) {
      warnings.push(
        `${at} reads ${path} beside itself, which is not in the zip: put it beside the source, or at ${path} of the service's folder and name it in groundplan.include`,
      );
    }
  }
  return { files, warnings: [...new Set(warnings)] };
}

function isOwn({ folder }: Service, source: string): boolean {
  return !relative(realpathSync(folder), realpathSync(source)).startsWith("..");
}
