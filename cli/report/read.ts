import { join } from "node:path";
import { documentOf } from "../plan/document";
import { readDocument, readRun } from "../plan/read";
import { SUMMARY_FILE } from "../plan/result";
import { Secrets } from "../plan/secrets";
import type { Report } from "./model";
import { reportOf } from "./report";

/** Reads the result directory of `groundplan plan`, and makes its report. Whoever wrote it: it is masked once more. */
export function readReport(folder: string): Report {
  const summary = join(folder, SUMMARY_FILE);
  const run = readRun(summary);
  const stacks = new Map(run.stacks.map((stack) => [stack.name, stack]));
  return reportOf(run, (name) => {
    const stack = stacks.get(name);
    const document = stack && readDocument(folder, summary, stack);
    return document && documentOf(document, new Secrets().addPlan(document));
  });
}
