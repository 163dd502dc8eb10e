import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { withExactNumbers } from "../input/exact-numbers";
import { InputError, readInput } from "../input/file";
import { decode, parseJson } from "../input/json";
import { schemaCheck } from "../input/schema";
import { changes } from "./document";
import { PLAN_JSON, type PlanJson } from "./plan-json";
import { PLAN_FORMAT, PLAN_VERSION, type PlannedStack, type PlanRun } from "./result";
import { RUN_SCHEMA } from "./schema";

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
  const run = parse(file, dirname(file));
  const { format, version } = (run ?? {}) as Partial<PlanRun>;
  if (format !== PLAN_FORMAT || version !== PLAN_VERSION) {
    throw new CliError(EXIT.USAGE, `${file} is not a plan's summary that this version can read`, AGAIN);
  }
  checked(checkRun, run, file);
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
export function readDocument(folder: string, summary: string, stack: PlannedStack): PlanJson | undefined {
  const { json } = stack.files;
  if (json === undefined) return undefined;
  const file = inside(folder, json, summary);
  const document = parse(file, folder);
  checked(checkDocument, document, file);
  const { create = 0, update = 0, replace = 0, delete: deleted = 0, forget = 0 } = stack.counts ?? {};
  const said = create + update + replace + deleted + forget;
  const found = ((document as PlanJson).resource_changes ?? []).filter(({ change }) => changes(change));
  if (said > 0 && found.length === 0) {
    throw wrong(file, `it changes nothing, and ${summary} says that ${said} resources change`);
  }
  return document as PlanJson;
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

/** A stack's saved plan, encrypted. @throws CliError when it is not there, or lies elsewhere. */
export function readSaved(folder: string, summary: string, saved: string): Buffer {
  const file = inside(folder, saved, summary);
  return unreadableUnless(file, () => readInput(file, { bytes: LARGEST, within: folder }));
}

/** @param folder - the result directory: by no link is anything else read. */
function parse(file: string, folder: string): unknown {
  return unreadableUnless(file, () =>
    parseJson(withExactNumbers(decode(readInput(file, { bytes: LARGEST, within: folder })))),
  );
}

function unreadableUnless<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new CliError(EXIT.USAGE, `cannot read ${file}`, error.message, "plan first: npx groundplan plan");
  }
}

const checkRun = schemaCheck<object>(RUN_SCHEMA);
const checkDocument = schemaCheck<object>(PLAN_JSON);

function checked(check: (value: unknown) => object, value: unknown, file: string): void {
  try {
    check(value);
  } catch (error) {
    throw error instanceof InputError ? wrong(file, error.message) : error;
  }
}

function wrong(file: string, why: string): CliError {
  return new CliError(EXIT.USAGE, `${file} is not what a plan writes`, why, AGAIN);
}
