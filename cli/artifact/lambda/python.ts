import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { InputError, readInput, readInputFile } from "../../input/file";
import { decode } from "../../input/json";
import { type Ended, run } from "../../process/run";
import { WorkFolder } from "../../process/work-folder";
import type { Project } from "../../project/project";
import type { Architecture } from "../function-settings";
import type { Service } from "../service";
import type { Content } from "./content";
import { filesAt } from "./included";
import type { Files } from "./zip";

/** Largest file of requirements, in bytes. */
const LARGEST = 10_000_000;

/** Lines of an installer that are shown. */
const SHOWN = 20;

/** What is no part of the code: settings, tests, environments and what tools write. */
const LEFT_OUT =
  /^(?:\..*|__pycache__|venv|node_modules|dist|build|tests?|.*\.egg-info|.*\.tsbuildinfo|pyproject\.toml|uv\.lock|groundplan\.json|requirements.*\.(?:txt|in)|README.*|package\.json)$/i;

/** What installers write about themselves, which differs between them: no import reads it. */
const NOTES =
  /(?:^|\/)(?:__pycache__\/.*|[^/]+\.dist-info\/(?:INSTALLER|REQUESTED|RECORD|direct_url\.json|uv_cache\.json))$|^bin\//;

/**
 * The oldest C libraries that a wheel may ask for, of those that the runtime's Amazon Linux has: 2023 has glibc 2.34,
 * and 2 has 2.26, on which runtimes before Python 3.12 stand. pip takes the named ones alone.
 *
 * @see https://peps.python.org/pep-0600/
 */
const MANYLINUX = ["_2_34", "_2_31", "_2_28", "_2_27", "_2_26", "_2_24", "_2_17", "2014"] as const;

/** Processors in the words of wheels. */
const WHEEL: Readonly<Record<Architecture, string>> = { arm64: "aarch64", x86_64: "x86_64" };

/**
 * What goes into the zip of a service in Python: its sources, and the wheels of its requirements for the function's
 * Python and processor. Nothing is compiled, and each wheel has the hash that the requirements name.
 *
 * @throws CliError when requirements are not pinned by hashes, have no wheel, or the handler is not there.
 */
export async function pythonContent(project: Project, service: Service): Promise<Content> {
  const own = ownFiles(service);
  checkHandler(service, own);
  const packages = await WorkFolder.during(project, (work) => installed(service, work));
  return { files: { ...packages, ...own }, programs: [], warnings: [] };
}

/** The sources: what lies in `src`, or else in the folder itself. */
function ownFiles(service: Service): Files {
  const { folder } = service;
  const from = existsSync(join(folder, "src")) ? "src" : ".";
  const names = readdirSync(join(folder, from)).filter((name) => !LEFT_OUT.test(name));
  const files: Files = Object.assign({}, ...names.map((name) => filesAt(service, join(from, name), name)));
  return Object.fromEntries(Object.entries(files).filter(([path]) => !/(?:^|\/)__pycache__\//.test(path)));
}

/** @throws CliError when the file of the handler is not there, or never names its function. */
function checkHandler({ name, folder, settings: { handler } }: Service, files: Files): void {
  const at = handler.lastIndexOf(".");
  const [module, wanted] = [handler.slice(0, at), handler.slice(at + 1)];
  const path = `${module.replaceAll(".", "/")}.py`;
  const source = files[path];
  if (source && new RegExp(`\\b${wanted}\\b`).test(Buffer.from(source).toString())) return;
  throw new CliError(
    EXIT.FAILED,
    `service ${name} has no ${source ? `function ${wanted} in ${path}` : path}, which its handler ${handler} names`,
    `at ${folder}`,
    `write it, or name another in groundplan.json: "handler": "<file>.<function>", and as handler of its ArtifactFunction`,
  );
}

/** The files of the requirements' wheels. */
async function installed(service: Service, work: WorkFolder): Promise<Files> {
  const requirements = await requirementsOf(service);
  const entries = requirements.split("\n").filter((line) => /^\s*[^\s#]/.test(line));
  if (entries.length === 0) return {};
  const file = work.file("requirements.txt");
  const target = work.file("packages");
  writeFileSync(file, requirements);
  await install(service, file, target);
  const files = filesAt({ ...service, folder: target }, ".", ".");
  return Object.fromEntries(Object.entries(files).filter(([path]) => !NOTES.test(path)));
}

/** The requirements with their hashes: `requirements.txt`, or what `uv.lock` has. */
async function requirementsOf(service: Service): Promise<string> {
  const { name, folder } = service;
  if (existsSync(join(folder, "uv.lock"))) {
    const what = ["export", "--frozen", "--no-dev", "--no-emit-project", "--quiet"];
    const ended = await run("uv", what, { cwd: folder }).catch((error: unknown) => {
      if (!(error instanceof CliError) || error.exitCode !== EXIT.MISSING) throw error;
      throw new CliError(
        EXIT.MISSING,
        `service ${name} has its requirements in uv.lock, and uv is not installed`,
        `at ${folder}`,
        "install it: pip install uv",
      );
    });
    if (ended.exitCode !== 0) throw failed(service, "uv cannot read uv.lock", ended);
    return ended.stdout;
  }
  const file = join(folder, "requirements.txt");
  if (!existsSync(file)) {
    const project = readInputFile(join(folder, "pyproject.toml"), { bytes: LARGEST }, "make it smaller");
    if (!/^\s*dependencies\s*=\s*\[\s*[^\]\s]/m.test(project.toString())) return "";
    throw new CliError(
      EXIT.USAGE,
      `service ${name} has dependencies in pyproject.toml, and no lock that says which versions`,
      `at ${folder}`,
      "write uv.lock: uv lock; or requirements.txt: uv pip compile --generate-hashes pyproject.toml -o requirements.txt",
    );
  }
  try {
    return checkedHashes(service, decode(readInput(file, { bytes: LARGEST, within: folder })));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new CliError(EXIT.USAGE, `${file} cannot be read: ${error.message}`, "write it anew");
  }
}

/** @throws CliError when a requirement has no hash: what is installed would change by the day. */
function checkedHashes({ name, folder }: Service, text: string): string {
  const lines = text.replaceAll(/\\\r?\n/g, " ").split(/\r?\n/);
  const open = lines.filter((line) => /^\s*[A-Za-z0-9]/.test(line) && !/--hash=/.test(line));
  if (open.length === 0) return text;
  throw new CliError(
    EXIT.USAGE,
    `service ${name} has requirements without a hash, which another day would install otherwise: ${open
      .slice(0, 5)
      .map((line) => line.trim())
      .join(", ")}`,
    `at ${join(folder, "requirements.txt")}`,
    "keep what you ask for in requirements.in, and write the other by: uv pip compile --generate-hashes requirements.in -o requirements.txt (or pip-compile --generate-hashes)",
  );
}

/** Installs wheels by pip, which comes with Python, or by uv where there is no pip. */
async function install(service: Service, file: string, target: string): Promise<void> {
  const { settings, folder } = service;
  const version = settings.runtime.slice("python".length);
  const processor = WHEEL[settings.architecture];
  const isOld = Number(version.split(".")[1]) < 12;
  const libraries = MANYLINUX.filter((one) => !isOld || !/_2_(?:27|28|31|34)/.test(one));
  const platforms = libraries.map((one) => `--platform=manylinux${one}_${processor}`);
  const wheels = ["--require-hashes", "--only-binary=:all:", `--python-version=${version}`, "-r", file];
  const quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-compile"];
  const pip = ["-m", "pip", "install", "--implementation=cp", ...platforms, ...wheels, ...quiet];
  const ended = await run("python3", [...pip, `--target=${target}`], { cwd: folder }).catch(() => undefined);
  if (ended?.exitCode === 0) return;
  if (ended && !/No module named pip/.test(ended.all))
    throw failed(service, "pip cannot install its wheels", ended);
  const platform = `--python-platform=${processor}-manylinux_2_${isOld ? "17" : "28"}`;
  const uv = await run("uv", ["pip", "install", platform, ...wheels, "--quiet", `--target=${target}`], {
    cwd: folder,
  });
  if (uv.exitCode !== 0) throw failed(service, "uv cannot install its wheels", uv);
}

function failed({ name, settings }: Service, what: string, { all }: Ended): CliError {
  const lines = all.split("\n").filter((line) => line.trim() !== "" && !/^(?:WARNING|\[notice\])/.test(line));
  const missing = /No matching distribution found for (\S+)/.exec(all)?.[1];
  return new CliError(
    EXIT.FAILED,
    `service ${name}: ${what} for ${settings.runtime} on ${settings.architecture}`,
    ...lines.slice(0, SHOWN),
    ...(missing === undefined
      ? []
      : [
          `${missing} has no wheel there, and nothing is compiled: take a version that has one, or make the service an image with a Dockerfile`,
        ]),
  );
}
