import { statSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { documentOf } from "../plan/document";
import { mergeRuns } from "../plan/merge";
import { namesPlainPlan, readPlainPlans } from "../plan/plain-plans";
import { readDocument, readRun } from "../plan/read";
import { SUMMARY_FILE } from "../plan/result";
import { Secrets } from "../plan/secrets";
import { ofEnvironments } from "./environments";
import type { Report } from "./model";
import { reportOf } from "./report";

/**
 * Makes the report of what is named: result directories of `groundplan plan`, whose runs are one report, or plans in
 * Terraform's JSON (`file`, `name=file`, `-`).
 *
 * @param environments - only the stacks of these. @default - all
 * @throws CliError when one of them cannot be read, or both kinds are named.
 */
export function readReports(sources: readonly string[], environments?: readonly string[]): Report {
  const plain = sources.filter((source) => namesPlainPlan(source) || isFile(source));
  if (plain.length === 0) return readResults(sources, environments);
  if (plain.length < sources.length) {
    throw new CliError(
      EXIT.USAGE,
      "result directories and plans in JSON make no report together",
      "name only the one or only the other",
    );
  }
  const { run, documents } = readPlainPlans(sources);
  return reportOf(ofEnvironments(run, environments), (name) => documents.get(name));
}

/** Whoever wrote a result: it is masked once more. */
function readResults(folders: readonly string[], environments?: readonly string[]): Report {
  const runs = folders.map((folder) => {
    const summary = join(folder, SUMMARY_FILE);
    return { folder, summary, run: readRun(summary) };
  });
  const stacks = new Map(
    runs.flatMap(({ folder, summary, run }) =>
      run.stacks.map((stack) => [stack.name, { folder, summary, stack }] as const),
    ),
  );
  const run = ofEnvironments(mergeRuns(runs.map((one) => one.run)), environments);
  return reportOf(run, (name) => {
    const found = stacks.get(name);
    const document = found && readDocument(found.folder, found.summary, found.stack);
    return document && documentOf(document, new Secrets().addPlan(document));
  });
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** Reads the result directory of `groundplan plan`, and makes its report. */
export function readReport(folder: string): Report {
  return readResults([folder]);
}
