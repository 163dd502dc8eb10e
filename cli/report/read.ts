import { readFileSync, statSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { isPlanRun, type PlanRun, SUMMARY_FILE } from "../plan/result";
import type { Report } from "./model";
import type { PlanJson } from "./plan-json";
import { reportOf } from "./report";

/** Largest plan that is read, in bytes: 200 MB. */
const LARGEST_PLAN = 200_000_000;

/** Reads the result directory of `groundplan plan`, and makes its report. */
export function readReport(folder: string): Report {
  const run = readRun(folder);
  const files = new Map(run.stacks.map(({ name, files }) => [name, files.json]));
  return reportOf(run, (stack) => {
    const file = files.get(stack);
    return file === undefined ? undefined : (readJson(inside(folder, file)) as PlanJson);
  });
}

function readRun(folder: string): PlanRun {
  const file = join(folder, SUMMARY_FILE);
  const run = readJson(file);
  if (isPlanRun(run)) return run;
  throw new CliError(
    EXIT.USAGE,
    `${file} is not a plan's summary that this version can read`,
    "plan again: npx groundplan plan",
  );
}

/** A path of the summary, which somebody else may have written: it has to stay in the directory. */
function inside(folder: string, path: string): string {
  const file = resolve(folder, path);
  const below = relative(resolve(folder), file);
  if (!isAbsolute(path) && !below.startsWith("..") && !isAbsolute(below)) return file;
  throw new CliError(
    EXIT.USAGE,
    `the summary names a file outside of its directory: ${JSON.stringify(path)}`,
    `at ${join(folder, SUMMARY_FILE)}`,
  );
}

function readJson(file: string): unknown {
  try {
    if (statSync(file).size > LARGEST_PLAN) throw new Error(`it has more than ${LARGEST_PLAN} bytes`);
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(EXIT.USAGE, `cannot read ${file}`, reason, "plan first: npx groundplan plan");
  }
}
