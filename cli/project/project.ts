import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";

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
  if (root !== undefined) return readProject(root, join(root, "cdktf.json"));
  throw new CliError(
    EXIT.USAGE,
    "no cdktf.json here or in a folder above",
    `at ${folder}`,
    "run it in a CDKTF project",
  );
}

/** Where a path lies that a command takes when none is given: in the project, or here where there is none. */
export function inProject(path: string, folder = process.cwd()): string {
  return join(rootOf(folder) ?? folder, path);
}

/** The nearest folder with a `cdktf.json`, from the given one upwards. */
function rootOf(folder: string): string | undefined {
  for (let root = resolve(folder); ; root = dirname(root)) {
    if (existsSync(join(root, "cdktf.json"))) return root;
    if (dirname(root) === root) return undefined;
  }
}

function readProject(root: string, file: string): Project {
  const config = readObject(file) as { app?: unknown; output?: unknown };
  if (typeof config.app !== "string" || config.app === "") {
    throw new CliError(
      EXIT.USAGE,
      'cdktf.json has no "app"',
      `at ${file}`,
      'write the command that synthesizes, e.g. "app": "node main.js"',
    );
  }
  return {
    root,
    app: config.app,
    output: join(root, typeof config.output === "string" ? config.output : "cdktf.out"),
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
      "run: npx cdktf synth",
    );
  }
  const manifest = readObject(file) as { stacks?: Record<string, ManifestStack> | null };
  if (typeof manifest.stacks !== "object" || manifest.stacks === null)
    throw unreadable(file, "it names no stacks");
  const stacks = Object.values(manifest.stacks);
  if (!stacks.every(isManifestStack)) throw unreadable(file, "a stack has no name or no folder");
  return stacks.map((stack) => ({
    name: stack.name,
    folder: join(project.output, stack.workingDirectory),
    dependencies: stack.dependencies ?? [],
    json: readStackJson(join(project.output, stack.synthesizedStackPath)),
  }));
}

/** The CDKTF version that synthesized a project; empty when the manifest does not say. */
export function cdktfVersion(project: Project): string {
  const { version } = readObject(join(project.output, "manifest.json")) as { version?: unknown };
  return typeof version === "string" ? version : "";
}

interface ManifestStack {
  readonly name: string;
  readonly workingDirectory: string;
  readonly synthesizedStackPath: string;
  readonly dependencies?: readonly string[];
}

function readStackJson(file: string): StackJson {
  if (!file.endsWith(".json")) {
    throw new CliError(
      EXIT.USAGE,
      "the stacks are synthesized as HCL, which is not read back",
      `at ${file}`,
      "run: npx cdktf synth",
    );
  }
  if (!existsSync(file)) throw unreadable(file, "the manifest names it and it is not there");
  return readObject(file) as StackJson;
}

function isManifestStack(stack: ManifestStack): boolean {
  return [stack?.name, stack?.workingDirectory, stack?.synthesizedStackPath].every(
    (text) => typeof text === "string",
  );
}

function readObject(file: string): object {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof value === "object" && value !== null) return value;
    throw new Error("it holds no object");
  } catch (error) {
    throw unreadable(file, error instanceof Error ? error.message : String(error));
  }
}

function unreadable(file: string, why: string): CliError {
  return new CliError(
    EXIT.USAGE,
    `${relative(process.cwd(), file)} cannot be read: ${why}`,
    `at ${file}`,
    file.endsWith("cdktf.json") ? "mend the file" : "synthesize again: npx cdktf synth",
  );
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
