import { readFileSync, statSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { changes } from "./document";
import { PLAN_FORMAT, PLAN_VERSION, type PlanDocument, type PlannedStack, type PlanRun } from "./result";
import { DOCUMENT_SCHEMA, RUN_SCHEMA } from "./schema";

/** Largest file that is read, in bytes: 200 MB. */
const LARGEST = 200_000_000;

const AGAIN = "plan again: npx groundplan plan";

/**
 * Reads a plan's summary. It is checked as a whole: somebody else may have written it, and what is read wrongly
 * would be shown, or applied, as if it were nothing.
 *
 * @throws CliError that says what is wrong, and where.
 */
export function readRun(file: string): PlanRun {
  const run = parse(file);
  const { format, version } = (run ?? {}) as Partial<PlanRun>;
  if (format !== PLAN_FORMAT || version !== PLAN_VERSION) {
    throw new CliError(EXIT.USAGE, `${file} is not a plan's summary that this version can read`, AGAIN);
  }
  checked(validators().run, run, file);
  const { stacks } = run as PlanRun;
  const twice = stacks.find(({ name }, at) => stacks.findIndex((other) => other.name === name) !== at);
  if (twice) throw wrong(file, `/stacks has ${JSON.stringify(twice.name)} twice`);
  for (const [at, stack] of stacks.entries()) {
    if ((stack.status === "changed" || stack.status === "unchanged") && stack.files.json === undefined) {
      throw wrong(file, `/stacks/${at} (${JSON.stringify(stack.name)}) is planned, and names no plan JSON`);
    }
  }
  return run as PlanRun;
}

/**
 * Reads a stack's plan JSON; undefined when the stack has none.
 *
 * @throws CliError when it is not there, lies elsewhere, or does not say what the summary says.
 */
export function readDocument(folder: string, summary: string, stack: PlannedStack): PlanDocument | undefined {
  const { json } = stack.files;
  if (json === undefined) return undefined;
  const file = inside(folder, json, summary);
  const document = parse(file);
  checked(validators().document, document, file);
  const { create = 0, update = 0, replace = 0, delete: deleted = 0, forget = 0 } = stack.counts ?? {};
  const said = create + update + replace + deleted + forget;
  const found = ((document as PlanDocument).resource_changes ?? []).filter(({ change }) => changes(change));
  if (said > 0 && found.length === 0) {
    throw wrong(file, `it changes nothing, and ${summary} says that ${said} resources change`);
  }
  return document as PlanDocument;
}

/** A path of the summary: it has to stay in the directory. */
function inside(folder: string, path: string, summary: string): string {
  const file = resolve(folder, path);
  const below = relative(resolve(folder), file);
  if (!isAbsolute(path) && !below.startsWith("..") && !isAbsolute(below)) return join(folder, below);
  throw new CliError(
    EXIT.USAGE,
    `the summary names a file outside of its directory: ${JSON.stringify(path)}`,
    `at ${summary}`,
  );
}

function parse(file: string): unknown {
  try {
    if (statSync(file).size > LARGEST) throw new Error(`it has more than ${LARGEST} bytes`);
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(EXIT.USAGE, `cannot read ${file}`, reason, "plan first: npx groundplan plan");
  }
}

function checked(validate: ValidateFunction, value: unknown, file: string): void {
  if (validate(value)) return;
  const [fault] = validate.errors ?? [];
  const allowed = (fault?.params as { allowedValues?: unknown } | undefined)?.allowedValues;
  const which = Array.isArray(allowed) ? `: ${allowed.join(", ")}` : "";
  throw wrong(
    file,
    `${fault?.instancePath.slice(0, 200) || "the whole"} ${fault?.message ?? "is wrong"}${which}`,
  );
}

function wrong(file: string, why: string): CliError {
  return new CliError(EXIT.USAGE, `${file} is not what a plan writes`, why, AGAIN);
}

let compiled: Readonly<Record<"run" | "document", ValidateFunction>> | undefined;

/** Compiled when a plan is read, and once. */
function validators(): Readonly<Record<"run" | "document", ValidateFunction>> {
  if (!compiled) {
    const ajv = new Ajv({ allowUnionTypes: true });
    compiled = { run: ajv.compile(RUN_SCHEMA), document: ajv.compile(DOCUMENT_SCHEMA) };
  }
  return compiled;
}
