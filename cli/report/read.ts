import { join } from "node:path";
import { readDocument, readRun } from "../plan/read";
import { SUMMARY_FILE } from "../plan/result";
import type { Report } from "./model";
import type { PlanJson } from "./plan-json";
import { reportOf } from "./report";

/** Reads the result directory of `groundplan plan`, and makes its report. */
export function readReport(folder: string): Report {
  const summary = join(folder, SUMMARY_FILE);
  const run = readRun(summary);
  const stacks = new Map(run.stacks.map((stack) => [stack.name, stack]));
  return reportOf(run, (name) => {
    const stack = stacks.get(name);
    return stack && (readDocument(folder, summary, stack) as PlanJson | undefined);
  });
}
