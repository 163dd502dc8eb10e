import { statSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { documentOf } from "../plan/document";
import type { MaskedNames } from "../plan/masked-names";
import { mergeRuns } from "../plan/merge";
import { namesPlainPlan, readPlainPlans } from "../plan/plain-plans";
import { readDocument, readRun } from "../plan/read";
import { SUMMARY_FILE } from "../plan/result";
import { Secrets } from "../plan/secrets";
import type { Detail } from "./change";
import { ofEnvironments } from "./environments";
import { withoutMasked } from "./masked";
import type { Report } from "./model";
import type { ReportPricing } from "./price";
import { reportOf } from "./report";

/** What of the plans is read, and how. */
export interface ReadProps {
  /** Only the stacks of these environments. @default - all */
  readonly environments?: readonly string[] | undefined;

  /** Names whose values are masked though nobody marked them. @default - none */
  readonly names?: MaskedNames;

  /** How much of each change is told. @default "brief" */
  readonly detail?: Detail;

  /** With what its plans are priced. @default - they are not */
  readonly pricing?: ReportPricing | undefined;
}

/**
 * Makes the report of what is named: result directories of `groundplan plan`, whose runs are one report, or plans in
 * Terraform's JSON (`file`, `name=file`, `-`).
 *
 * @throws CliError when one of them cannot be read, or both kinds are named.
 */
export function readReports(sources: readonly string[], props: ReadProps = {}): Report {
  const plain = sources.filter((source) => namesPlainPlan(source) || isFile(source));
  if (plain.length === 0) return readResults(sources, props);
  if (plain.length < sources.length) {
    throw new CliError(
      EXIT.USAGE,
      "result directories and plans in JSON make no report together",
      "name only the one or only the other",
    );
  }
  const { run, documents } = readPlainPlans(sources, props.names);
  return reportOf(
    ofEnvironments(run, props.environments),
    (name) => documents.get(name),
    props.detail,
    props.pricing,
  );
}

/** Whoever wrote a result: it is masked once more. */
function readResults(
  folders: readonly string[],
  { environments, names, detail, pricing }: ReadProps,
): Report {
  const runs = folders.map((folder) => {
    const summary = join(folder, SUMMARY_FILE);
    return { folder, summary, run: readRun(summary) };
  });
  const stacks = new Map(
    runs.flatMap(({ folder, summary, run }) =>
      run.stacks.map((stack) => [stack.name, { folder, summary, stack }] as const),
    ),
  );
  const texts: string[] = [];
  const planOf = (name: string) => {
    const found = stacks.get(name);
    const document = found && readDocument(found.folder, found.summary, found.stack);
    if (document && names) texts.push(...names.textsOf(document));
    return document && documentOf(document, new Secrets(names).addPlan(document));
  };
  const run = ofEnvironments(mergeRuns(runs.map((one) => one.run)), environments);
  const report = reportOf(run, planOf, detail, pricing);
  return names ? withoutMasked(report, names, texts) : report;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** Reads the result directory of `groundplan plan`, and makes its report. */
export function readReport(folder: string): Report {
  return readResults([folder], {});
}
