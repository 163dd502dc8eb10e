import { existsSync, readdirSync, realpathSync, statSync, symlinkSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join, sep } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { readInput } from "../input/file";
import { run } from "../process/run";
import { type Checkouts, runInstall } from "./packages";

/** Files that say exactly which packages an app gets, by what installs them. */
const LOCKS = ["uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock"] as const;

/** Files that say it less exactly; they count where there is no lock. */
const MANIFESTS =
  /^(?:requirements.*\.(?:txt|in)|constraints.*\.txt|Pipfile|pyproject\.toml|setup\.(?:py|cfg)|environment\.ya?ml)$/;

/** Folder of the base's own packages. */
const OWN = ".venv";

/** Names that a virtual environment in a project's folder has. */
const ENVIRONMENTS = [OWN, "venv", "env"];

/** Largest file of these that is read, in bytes. */
const LARGEST = 50_000_000;

/** Whether an app is in Python, as its `cdktf.json` says. */
export function isPython({ app, language }: { readonly app: string; readonly language?: unknown }): boolean {
  return language === "python" || /(?:^|[\s/;&])(?:python[\d.]*|pipenv|poetry|uv|pdm)\s/.test(app);
}

/** What the base's packages are, and with which variables its app gets them. */
export interface PythonPackages {
  readonly kind: "reused" | "installed";
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/**
 * Gives the base of an app in Python its packages: those of the head when both ask for the same, and none of them is
 * made of the head's files; else its own.
 *
 * @param app - the head's command. @throws CliError when they cannot be installed.
 */
export async function pythonPackages(checkouts: Checkouts, app: string): Promise<PythonPackages> {
  const [base, head] = [
    askedFor(checkouts.base, checkouts.prefix),
    askedFor(checkouts.head, checkouts.prefix),
  ];
  const isSame = base.text === head.text && !base.isLocal;
  const active = isSame ? await activeEnvironment(checkouts, app) : undefined;
  if (active === undefined) return install(checkouts, base, app);
  linkEnvironments(checkouts);
  // As its own `activate` does it: pipenv and poetry take the environment that is active.
  return { kind: "reused", variables: active.isVirtual ? variablesOf(active.prefix) : {} };
}

function variablesOf(environment: string): Readonly<Record<string, string | undefined>> {
  return {
    VIRTUAL_ENV: environment,
    PATH: `${join(environment, "bin")}${delimiter}${process.env.PATH ?? ""}`,
    PYTHONHOME: undefined,
    PIPENV_VERBOSITY: "-1",
  };
}

interface Asked {
  /** Everything that says which packages an app gets. */
  readonly text: string;

  /** Whether one of them is a folder or file of the repository. */
  readonly isLocal: boolean;

  /** The file that an installation begins with, and its folder. */
  readonly file?: { readonly folder: string; readonly name: string };
}

/** What a checkout asks for: the files in the project's folder and those above it. */
function askedFor(root: string, prefix: string): Asked {
  const texts: string[] = [];
  let file: Asked["file"];
  for (let folder = prefix; ; folder = dirname(folder)) {
    const names = readdirSync(join(root, folder)).sort();
    const locks = LOCKS.filter((name) => names.includes(name));
    const found = locks.length > 0 ? locks : names.filter((name) => MANIFESTS.test(name));
    for (const name of found) texts.push(textOf(root, join(folder, name)));
    const first = found.find((name) => name !== "pyproject.toml") ?? found[0];
    if (first !== undefined) {
      const whole = found.find((name) => name === "requirements.txt") ?? first;
      file ??= { folder, name: whole };
    }
    if (folder === "" || folder === ".") break;
  }
  const text = texts.join("\n");
  return { text, isLocal: LOCAL.test(text), ...(file ? { file } : {}) };
}

/** A package that is made of files: a path in requirements, in poetry's or uv's lock, in pipenv's. */
const LOCAL =
  /^\s*(?:(?:-e|--editable)[ =]\S|\.{1,2}\/|\/|[\w.-]+(?:\[.*\])? *@ *file:)|^type = "(?:directory|file)"|source = \{ (?:editable|directory|path) = "(?!\."\s)|"(?:path|editable)":/m;

/** A file's text, with those that it includes by `-r` and `-c`. */
function textOf(root: string, path: string, seen = new Set<string>()): string {
  const file = join(root, path);
  if (seen.has(file) || !statSync(file, { throwIfNoEntry: false })?.isFile()) return "";
  if (statSync(file).size > LARGEST) return `${path}: ${statSync(file).size} bytes`;
  seen.add(file);
  const text = readInput(file, { bytes: LARGEST }).toString();
  const included = [...text.matchAll(/^\s*(?:-r|--requirement|-c|--constraint)[ =]*(\S+)/gm)];
  return [text, ...included.map(([, name = ""]) => textOf(root, join(dirname(path), name), seen))].join("\n");
}

/** What asks Python where it has its packages from, and what of them is only a name of files elsewhere. */
const ASK = `import glob, os, sys
print(sys.prefix)
print(sys.prefix != sys.base_prefix)
for path in sys.path:
    print(os.path.realpath(path) if path else "")
    for name in ["*.pth", "__editable__*.py", "*.dist-info/direct_url.json"]:
        for file in glob.glob(os.path.join(path, name)):
            print(open(file, errors="replace").read())
`;

/**
 * The environment that the head's app runs in; undefined when there is none, or when it leads to files of the head: the
 * base would be made of them.
 */
async function activeEnvironment(
  { head, prefix }: Checkouts,
  app: string,
): Promise<{ readonly prefix: string; readonly isVirtual: boolean } | undefined> {
  const [tool] = /\b(?:pipenv|poetry|pdm) run\b/.exec(app) ?? [];
  // uv makes the environment of a folder by itself, of its own lock.
  if (/\buv run\b/.test(app)) return undefined;
  const python = tool === undefined ? (pythonOf(app) ?? "python3") : `${tool} python`;
  // What PYTHONPATH leads to is the base's for the base.
  const props = { cwd: join(head, prefix), input: ASK, env: { PYTHONPATH: undefined } };
  const ended = await run("/bin/sh", ["-c", `${python} -`], props);
  if (ended.exitCode !== 0) return undefined;
  const [found = "", isVirtual, ...rest] = ended.stdout.split("\n");
  const environment = existsSync(found) ? realpathSync(found) : found;
  const leads = rest.some((line) => {
    const at = line.indexOf(head + sep);
    return at >= 0 && !`${line.slice(at)}${sep}`.startsWith(environment + sep);
  });
  return leads ? undefined : { prefix: found, isVirtual: isVirtual === "True" };
}

/** The Python that an app names. */
function pythonOf(app: string): string | undefined {
  return /(?:^|[\s;&])((?:\S*\/)?python[\d.]*)(?=\s)/.exec(app)?.[1];
}

/**
 * An app may name its environment by a path in the project.
 *
 * @param environment - to which these paths lead in the base. @default - the head's own
 */
function linkEnvironments({ head, base, prefix }: Checkouts, environment?: string): void {
  for (const name of ENVIRONMENTS) {
    const [from, to] = [join(head, prefix, name), join(base, prefix, name)];
    if (existsSync(join(from, "pyvenv.cfg")) && !existsSync(to)) symlinkSync(environment ?? from, to);
  }
}

/** What installs what a file names, into the folder's own environment. */
function commandOf(name: string): string | undefined {
  switch (name) {
    case "uv.lock":
      return "uv sync --frozen";
    case "poetry.lock":
      return "poetry install --no-interaction --no-root";
    case "Pipfile.lock":
      return "pipenv sync";
    case "pdm.lock":
      return "pdm sync --no-self";
    default:
      return /^requirements.*\.txt$/.test(name)
        ? `python3 -m venv ${OWN} && ${OWN}/bin/python -m pip install --quiet --disable-pip-version-check --retries 1 -r ${name}`
        : undefined;
  }
}

/** Variables by which each of the tools makes an environment in the folder, and leaves the one that is active alone. */
const APART = {
  VIRTUAL_ENV: undefined,
  PIPENV_IGNORE_VIRTUALENVS: "1",
  PIPENV_VENV_IN_PROJECT: "1",
  POETRY_VIRTUALENVS_CREATE: "true",
  POETRY_VIRTUALENVS_IN_PROJECT: "true",
};

async function install(checkouts: Checkouts, { file }: Asked, app: string): Promise<PythonPackages> {
  const command = file && commandOf(file.name);
  if (isAbsolute(pythonOf(app) ?? "") || /\b(?:conda|mamba)\b/.test(app)) {
    throw new CliError(
      EXIT.FAILED,
      "the base asks for other Python packages than the head, or for files of the repository, and the app names an environment that has the head's",
      `at ${app}`,
      'let the environment that is active say it, e.g. "app": "python3 main.py"',
    );
  }
  if (!file || command === undefined) {
    throw new CliError(
      EXIT.FAILED,
      file
        ? `the base asks for other Python packages than the head, or for files of the repository, and ${file.name} is no lock of them`
        : "the base names no Python packages of its own, and the head's are not the base's",
      "say how they are installed: --prepare 'python3 -m venv .venv && .venv/bin/pip install .'",
    );
  }
  const folder = join(checkouts.base, file.folder);
  await runInstall(command, folder, APART);
  const environment = join(folder, OWN);
  linkEnvironments(checkouts, environment);
  return { kind: "installed", variables: variablesOf(environment) };
}

/** The environment that a `--prepare` has made in the base, when it has. */
export function preparedEnvironment({ base, prefix }: Checkouts): PythonPackages["variables"] {
  const name = ENVIRONMENTS.find((one) => existsSync(join(base, prefix, one, "pyvenv.cfg")));
  return name === undefined ? {} : variablesOf(join(base, prefix, name));
}
