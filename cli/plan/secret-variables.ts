import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { InputError, readInput } from "../input/file";
import { run } from "../process/run";
import type { Stack } from "../project/project";
import type { TerraformSetting } from "../terraform/stack";
import { MaskedNames } from "./masked-names";
import { variableOptions } from "./variable-options";

/** Properties of {@link secretVariables}. */
export interface SecretVariablesProps {
  readonly setting: Pick<TerraformSetting, "env" | "mask"> & {
    readonly terraform: Pick<TerraformSetting["terraform"], "command">;
  };

  /** Folder that only this user can read. */
  readonly folder: string;
}

/** What of a variable's declaration decides its value. */
interface Declaration {
  readonly type?: unknown;
  readonly default?: unknown;
}

/**
 * Every text within the values of the variables that a stack declares as `sensitive` or `ephemeral`, or whose name is masked.
 *
 * Terraform itself evaluates them: a value may come from TF_VAR_*, from files and from -var, in HCL or JSON, and is
 * converted to the variable's type. It does so in a folder of its own, with no backend and no provider, so that the
 * values are known also where the stack's `init` fails.
 */
export async function secretVariables(
  stack: Stack,
  props: SecretVariablesProps,
  masked = new MaskedNames(),
): Promise<readonly string[]> {
  const declared = secretDeclarations(stack, masked);
  const names = Object.keys(declared);
  if (names.length === 0) return [];
  const given = sourcesOf(stack, names);
  const together = await evaluate(declared, given, stack, props);
  if (together) return [...together, ...given.texts];
  // One of them has a value that Terraform refuses, and an error that shows it: the others are read without it.
  const alone: string[] = [];
  let refused = false;
  for (const [name, declaration] of Object.entries(declared)) {
    const texts = await evaluate({ [name]: declaration }, given, stack, props);
    if (texts) alone.push(...texts);
    else refused = true;
  }
  return [...alone, ...given.texts, ...(refused ? literalsOf(given, stack) : [])];
}

function secretDeclarations({ json }: Stack, masked: MaskedNames): Readonly<Record<string, Declaration>> {
  const { variable } = json as { variable?: unknown };
  const blocks = Array.isArray(variable) ? variable : [variable];
  const all = blocks.flatMap((block: unknown) =>
    typeof block === "object" && block !== null ? Object.entries(block) : [],
  );
  return Object.fromEntries(
    all.flatMap(([name, blockOrList]: [string, unknown]) => {
      const block: unknown = Array.isArray(blockOrList) ? blockOrList[0] : blockOrList;
      if (typeof block !== "object" || block === null) return [];
      const { sensitive, ephemeral, type, default: standard } = block as Readonly<Record<string, unknown>>;
      const isMarked = [sensitive, ephemeral].some((mark) => mark === true || mark === "true");
      if (!isMarked && !masked.has(name)) return [];
      // A value that is not given would be unknown, and with it all others.
      return [[name, { ...(type === undefined ? {} : { type }), default: standard ?? null }]];
    }),
  );
}

/** Where the values are from. */
interface Sources {
  /** Names of the files that Terraform reads by itself, in the stack's folder. */
  readonly files: readonly string[];

  /** `-var` and `-var-file` of this process's variables. */
  readonly options: readonly string[];

  /** What is secret as it was given, e.g. the text of TF_VAR_*. */
  readonly texts: readonly string[];
}

function sourcesOf({ folder }: Stack, names: readonly string[]): Sources {
  const files = readdirSync(folder).filter((name) =>
    /^terraform\.tfvars(\.json)?$|\.auto\.tfvars(\.json)?$/.test(name),
  );
  const { TF_CLI_ARGS = "", TF_CLI_ARGS_plan = "" } = process.env;
  const options = [TF_CLI_ARGS, TF_CLI_ARGS_plan].flatMap((text) => variableOptions(text, folder));
  const texts = [
    ...names.map((name) => process.env[`TF_VAR_${name}`]),
    ...options.map(
      (option) =>
        names.find((name) => option.startsWith(`-var=${name}=`)) && option.replace(/^-var=[^=]*=/, ""),
    ),
  ];
  return { files, options, texts: texts.filter((text) => text !== undefined) };
}

/** Every text within some variables' values; undefined when Terraform refuses one of them. */
async function evaluate(
  declared: Readonly<Record<string, Declaration>>,
  { files, options }: Sources,
  stack: Stack,
  { setting, folder }: SecretVariablesProps,
): Promise<readonly string[] | undefined> {
  const scratch = mkdtempSync(join(folder, "variables-"));
  try {
    writeFileSync(join(scratch, "main.tf.json"), JSON.stringify({ variable: declared }));
    for (const name of files) symlinkSync(resolve(stack.folder, name), join(scratch, name));
    const list = Object.keys(declared).map((name) => `var.${name}`);
    const { exitCode, stdout } = await run(setting.terraform.command, ["console", ...options], {
      cwd: scratch,
      env: { ...setting.env(stack), ...PLAIN },
      input: `base64encode(jsonencode([${list.join(", ")}]))\n`,
    });
    const [, encoded] = /^"([A-Za-z0-9+/=]+)"\s*$/m.exec(stdout) ?? [];
    if (exitCode !== 0 || encoded === undefined) return undefined;
    const types = Object.values(declared).flatMap(({ type }) => (typeof type === "string" ? [type] : []));
    return leavesOf(Buffer.from(encoded, "base64").toString(), types);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What would have Terraform look elsewhere, or print something else. */
const PLAIN = {
  TF_CLI_ARGS: undefined,
  TF_CLI_ARGS_console: undefined,
  TF_DATA_DIR: undefined,
  TF_WORKSPACE: undefined,
  TF_LOG: undefined,
} as const;

/**
 * Texts and numbers of a JSON document, as they are written: JavaScript would round a large number.
 *
 * @param types - of what is in it: the key of a map is a part of the value, and an attribute's name is none.
 */
function leavesOf(json: string, types: readonly string[]): readonly string[] {
  const attributes = new Set(types.flatMap((type) => type.match(/[\w-]+/g) ?? []));
  const keys = types.some((type) => type.includes("map("));
  const found = json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*/g);
  return [...found].flatMap(([token, text, colon]) => {
    if (text === undefined) return [token];
    const value = JSON.parse(text) as string;
    return colon === undefined || (keys && !attributes.has(value)) ? [value] : [];
  });
}

/** Every literal and every line of what Terraform cannot read: its error shows the line. */
function literalsOf({ files, options, texts }: Sources, { folder }: Stack): readonly string[] {
  const named = options.flatMap((option) => /^-var-file=([\s\S]*)$/.exec(option)?.[1] ?? []);
  const paths = [...files.map((name) => join(folder, name)), ...named];
  const read = paths.flatMap((path) => textOf(path) ?? []);
  return [...texts, ...read].flatMap((text) => [
    ...[...text.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map(([, literal = ""]) => literal),
    ...text.split("\n").flatMap((line) => [line.trim(), line.replace(/^[^=:]*[=:]\s*/, "").trim()]),
  ]);
}

/** Largest file of variables that is read, in bytes: 20 MB. */
const LARGEST = 20_000_000;

/** What a file holds; undefined where Terraform cannot read it either. */
function textOf(path: string): string | undefined {
  try {
    return readInput(path, { bytes: LARGEST }).toString();
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
