import { existsSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { InputError, readInput, realInside } from "../input/file";
import { readJson } from "../input/json";
import { schemaCheck } from "../input/schema";
import { checkOwnFolder } from "../process/own-folder";
import { CONFIG, LARGEST, objectOf, readConfig, readWith } from "./config";
import { STACK_SCHEMA, stacksOfManifest } from "./manifest";
import { type Naming, namingOf } from "./naming";
import { rootOf } from "./root";
import { readSettings } from "./settings";

/** A CDKTF project, as its `cdktf.json` describes it. */
export interface Project {
  /** Folder that holds `cdktf.json`. */
  readonly root: string;

  /** Command that synthesizes. */
  readonly app: string;

  /** Folder of the synthesized stacks. */
  readonly output: string;
}

/** A stack of the manifest that every CDKTF app writes. */
export interface Stack {
  readonly name: string;

  /** The environment that it is of, as the project reads names ({@link namingOf}); none when its name says none. */
  readonly environment?: string;

  /**
   * The rest of its name.
   *
   * @default - the name
   */
  readonly unit?: string;

  /** Folder in which Terraform runs. */
  readonly folder: string;

  /** Names of the stacks that have to be deployed before. */
  readonly dependencies: readonly string[];

  /** The stack's Terraform JSON. */
  readonly json: StackJson;
}

/** What is read of a stack's Terraform JSON. */
export interface StackJson {
  readonly terraform?: {
    readonly backend?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly cloud?: Readonly<Record<string, unknown>>;
    readonly required_providers?: Readonly<
      Record<string, { readonly source?: string; readonly version?: string }>
    >;
  };
  readonly provider?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  readonly resource?: Blocks;
  readonly data?: Blocks;
  readonly output?: Readonly<Record<string, { readonly value?: unknown }>>;
}

/** Resources or data sources: their arguments by type and name. */
export type Blocks = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/**
 * The project of a folder, or of the nearest one above it.
 *
 * @throws CliError when there is none, or its `cdktf.json` cannot be read.
 */
export function findProject(folder = process.cwd()): Project {
  const root = rootOf(folder);
  if (root !== undefined) {
    checkOwnFolder(root);
    return readProject(root);
  }
  throw new CliError(
    EXIT.USAGE,
    "no cdktf.json here or in a folder above",
    `at ${folder}`,
    "run it in a CDKTF project",
  );
}

/** Where a path lies that a command takes when none is given: in the project, or here where there is none. */
export function inProject(path: string, folder = process.cwd()): string {
  return join(projectRoot(folder), path);
}

/**
 * Folder of the project, or the given one outside any.
 *
 * @throws CliError when what Groundplan writes there has no folder.
 */
export function projectRoot(folder = process.cwd()): string {
  const root = rootOf(folder) ?? folder;
  checkOwnFolder(root);
  return root;
}

function readProject(root: string): Project {
  const { app, output } = readConfig(root);
  if (typeof app !== "string" || app === "") {
    throw new CliError(
      EXIT.USAGE,
      'cdktf.json has no "app"',
      `at ${join(root, CONFIG)}`,
      'write the command that synthesizes, e.g. "app": "node main.js"',
    );
  }
  return {
    root,
    app,
    output: resolve(root, typeof output === "string" && output !== "" ? output : "cdktf.out"),
  };
}

/**
 * The synthesized stacks, by name.
 *
 * @throws CliError when nothing is synthesized yet, or what is there cannot be read.
 */
export function readStacks(project: Project): readonly Stack[] {
  const file = join(project.output, "manifest.json");
  if (!existsSync(file)) {
    throw new CliError(
      EXIT.USAGE,
      "nothing is synthesized yet",
      `at ${project.output}`,
      "synthesize: npx groundplan list",
    );
  }
  const { output } = project;
  const read = () => stacksOfManifest(readJson(file, { bytes: LARGEST, within: output }));
  const stacks = readWith(file, read);
  const { names } = readNaming(project, stacks);
  return stacks.map((stack) => {
    const { name, workingDirectory, synthesizedStackPath, dependencies = [] } = stack;
    const folder = join(output, workingDirectory);
    // The lock file is copied there, and Terraform runs in it.
    readWith(file, () => checkInside(output, workingDirectory, `workingDirectory of ${name}`));
    readWith(file, () => checkInside(output, synthesizedStackPath, `synthesizedStackPath of ${name}`));
    const json = readStackJson(output, synthesizedStackPath);
    return { name, ...names.get(name), folder, dependencies, json };
  });
}

/** How names of stacks are read here: as the project says whose folder this is, or by themselves outside of any. */
export function namingHere(stacks: readonly { readonly name: string }[]): Naming {
  const root = rootOf(process.cwd());
  return root === undefined ? namingOf(stacks.map(({ name }) => name)) : readNaming({ root }, stacks);
}

/** How a project reads the names of its stacks. */
export function readNaming(
  project: Pick<Project, "root">,
  stacks: readonly { readonly name: string }[],
): Naming {
  return namingOf(
    stacks.map(({ name }) => name),
    readSettings(project).environment,
  );
}

function checkInside(output: string, path: string, what: string): void {
  try {
    if (isAbsolute(path)) throw new InputError("it is absolute");
    realInside(output, path);
  } catch (error) {
    if (error instanceof InputError)
      throw new InputError(`${what} is ${JSON.stringify(path)}: ${error.message}`);
    throw error;
  }
}

/** Whether a project is synthesized, and as JSON: HCL is not read back. */
export function isSynthesized({ output }: Project): boolean {
  const file = join(output, "manifest.json");
  const limits = { bytes: LARGEST, within: output };
  return existsSync(file) && !readWith(file, () => readInput(file, limits)).includes('/cdk.tf"');
}

/** The CDKTF version that synthesized a project; empty when the manifest does not say. */
export function cdktfVersion({ output }: Pick<Project, "output">): string {
  const file = join(output, "manifest.json");
  const { version } = readWith(file, () => objectOf(readJson(file, { bytes: LARGEST, within: output })));
  return typeof version === "string" ? version : "";
}

const checkStack = schemaCheck<StackJson>(STACK_SCHEMA);

function readStackJson(output: string, path: string): StackJson {
  const file = join(output, path);
  const manifest = join(output, "manifest.json");
  if (!/\.(?:json|tf)$/.test(path)) {
    return readWith(manifest, () => {
      throw new InputError(`${JSON.stringify(path)} is no path of a synthesized stack`);
    });
  }
  if (!file.endsWith(".json")) {
    throw new CliError(
      EXIT.USAGE,
      "the stacks are synthesized as HCL, which is not read back",
      `at ${file}, of ${manifest}`,
      "synthesize: npx groundplan list",
    );
  }
  return readWith(file, () => checkStack(objectOf(readJson(file, { bytes: LARGEST, within: output }))));
}

/** The account ids that a stack's AWS provider allows; empty when it allows every one. */
export function allowedAccounts(stack: Stack): readonly string[] {
  const allowed = stack.json.provider?.aws?.[0]?.allowed_account_ids;
  return Array.isArray(allowed) ? allowed.map(String) : [];
}

/** The Region of a stack's AWS provider. */
export function regionOf(stack: Stack): string | undefined {
  const region = stack.json.provider?.aws?.[0]?.region;
  return typeof region === "string" ? region : undefined;
}
