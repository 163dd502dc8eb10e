import { appendFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { CliError } from "../console/errors";
import { EXIT, EXIT_HELP } from "../console/exit-codes";
import {
  type Line,
  line,
  linesOf,
  say,
  sayBytes,
  sayLines,
  sayPaged,
  terminalColumns,
} from "../console/output";
import { ownVersion } from "../console/version";
import { jsonText } from "../console/visible";
import { projectPricing } from "../cost/project-pricing";
import { COMMENT_BYTES, SUMMARY_BYTES } from "../github/comment-budget";
import { runUrlOf } from "../github/event";
import { RESULT_FOLDER } from "../plan/result";
import { openFile } from "../process/open";
import { inProject } from "../project/project";
import { rootOf } from "../project/root";
import { makeFolder, writeNamed } from "../project/writing";
import type { Detail } from "../report/change";
import { htmlPage } from "../report/html/page";
import { LEAST_BYTES, markdown } from "../report/markdown";
import type { Report } from "../report/model";
import { readReports } from "../report/read";
import { sarif } from "../report/sarif";
import { terminal } from "../report/terminal";
import { namesHere, withMask } from "./options";

export const FORMATS = ["terminal", "markdown", "html", "json", "sarif", "summary"] as const;

export interface ReportFlags {
  readonly environment?: readonly string[];
  readonly format: (typeof FORMATS)[number];
  readonly out?: string;
  readonly limit?: number;
  readonly mask?: readonly string[];
  readonly runUrl?: string;
  readonly artifact?: string;
  readonly pageUrl?: string;
  readonly pull?: number;
  readonly open?: boolean;
  readonly diff?: boolean;
}

/** Adds `groundplan report`. */
export function addReport(program: Command): void {
  withMask(program.command("report"))
    .argument(
      "[source...]",
      `result directories of groundplan plan (default: ${RESULT_FOLDER} of the project), or plans in Terraform's JSON: file, name=file, or - for the standard input`,
    )
    .summary("say what a plan means for a reviewer")
    .description(
      "Says what a plan means: what is dangerous first, then what changes in which environment.\n\n" +
        "It reads result directories of groundplan plan, several as one report; or what `terraform show -json` prints of a plan of " +
        "any project. Secrets are never in it.",
    )
    .option("-e, --environment <name...>", "only the stacks of these environments")
    .addOption(new Option("-f, --format <format>", "how it is written").choices(FORMATS).default("terminal"))
    .option("--diff", "at a terminal: what changes, line by line (default: up to 50 lines)")
    .option("--no-diff", "at a terminal: without it")
    .option("--open", `open the report as a page, of the format html (default of --out: ${PAGE_FILE})`)
    .option("-o, --out <file>", "write it to a file (default: standard output; summary: the job's summary)")
    .option(
      "--limit <bytes>",
      `most bytes of markdown (default: ${COMMENT_BYTES}, which fits a comment)`,
      bytesOf,
    )
    .option("--run-url <url>", "address of the run that has everything (default: the job's, on GitHub)")
    .option("--page-url <url>", "address of the page of this report, which is linked from markdown")
    .option("--artifact <name>", "name of the run's artifact that has everything")
    .option("--pull <number>", "in json: the pull request, for groundplan comment --fork-report", wholeOf)
    .addHelpText(
      "after",
      `\nExamples:\n  $ npx groundplan report\n  $ npx groundplan report --diff\n  $ npx groundplan report --format markdown --out comment.md\n  $ npx groundplan report --open\n  $ npx groundplan report --format html --out report.html\n  $ npx groundplan report --format sarif --out plan.sarif\n  $ npx groundplan report --format summary\n  $ terraform show -json plan.bin | npx groundplan report -\n  $ npx groundplan report network=a.json cluster=b.json\n  $ npx groundplan report --mask password plan.json\n${EXIT_HELP}`,
    )
    .action(async (sources: readonly string[], flags: ReportFlags, command: Command) => {
      if (flags.open) return open(sources, flags, command.getOptionValueSource("format") !== "default");
      write(render(read(sources, flags, flags.format === "html" ? "whole" : "brief"), flags), flags);
    });
}

function read(sources: readonly string[], flags: ReportFlags, detail: Detail): Report {
  return readReports(sources.length > 0 ? sources : [inProject(RESULT_FOLDER)], {
    environments: flags.environment,
    names: namesHere(flags),
    detail,
    pricing: projectPricing(rootOf(process.cwd())),
  });
}

/** Where the page is that is opened. */
const PAGE_FILE = ".groundplan/report.html";

async function open(sources: readonly string[], flags: ReportFlags, isFormatGiven: boolean): Promise<void> {
  if (isFormatGiven && flags.format !== "html")
    throw new CliError(EXIT.USAGE, `--open is for a page, and not for ${flags.format}`, "leave out --format");
  const file = flags.out ?? inProject(PAGE_FILE);
  const report = read(sources, flags, "whole");
  if (!flags.out) makeFolder(dirname(file), "name a file with --out");
  writeNamed(file, htmlPage(report, flags.runUrl ?? runUrlOf(process.env)), "--out");
  say(line`The page is ${file}`);
  await openFile(file);
}

/** A report as it is written. */
export function render(report: Report, flags: ReportFlags): string | readonly Line[] {
  const { format, limit, artifact, pageUrl } = flags;
  const runUrl = flags.runUrl ?? runUrlOf(process.env);
  const where = {
    ...(runUrl ? { runUrl } : {}),
    ...(artifact ? { artifact } : {}),
    ...(pageUrl ? { pageUrl } : {}),
  };
  switch (format) {
    case "markdown":
      return markdown(report, { ...where, ...(limit ? { limit } : {}) });
    case "summary":
      return markdown(report, { ...where, limit: Math.min(limit ?? SUMMARY_BYTES, SUMMARY_BYTES) });
    case "html":
      return htmlPage(report, runUrl);
    case "json":
      return jsonText(flags.pull ? { ...report, pull: flags.pull } : report);
    case "sarif":
      return jsonText(sarif(report, ownVersion()));
    case "terminal":
      return terminal(report, { diff: flags.diff, columns: flags.out ? undefined : terminalColumns() });
  }
}

function write(content: string | readonly Line[], { format, out }: ReportFlags): void {
  // Its program is allowed by its hash: not a byte may differ.
  if (format === "html" && typeof content === "string") {
    if (out) writeNamed(out, content, "--out");
    else sayBytes(Buffer.from(content));
    return;
  }
  const summary = process.env.GITHUB_STEP_SUMMARY;
  const lines = typeof content === "string" ? linesOf(content.trimEnd()) : content;
  const text = lines.join("\n");
  if (out) writeNamed(out, `${text.trimEnd()}\n`, "--out");
  else if (format === "terminal") sayPaged(lines, process.env);
  else if (format !== "summary") sayLines(lines);
  else if (summary) appendFileSync(summary, `${text.trimEnd()}\n`);
  else {
    throw new CliError(
      EXIT.USAGE,
      "there is no job to write the summary of: GITHUB_STEP_SUMMARY is not set",
      "name a file with --out",
    );
  }
}

function wholeOf(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("use the number of a pull request");
}

function bytesOf(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= LEAST_BYTES) return value;
  throw new InvalidArgumentError(`use a whole number, ${LEAST_BYTES} or more`);
}
