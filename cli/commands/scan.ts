import { type Command, InvalidArgumentError, Option } from "commander";
import { EXIT, EXIT_HELP } from "../console/exit-codes";
import {
  line,
  linesOf,
  paint,
  say,
  sayLines,
  sayPaged,
  sayProblem,
  terminalColumns,
} from "../console/output";
import { ownVersion } from "../console/version";
import { jsonText } from "../console/visible";
import { gitHub } from "../github/client";
import { COMMENT_BYTES } from "../github/comment-budget";
import { runEvent, runUrlOf } from "../github/event";
import { rootOf } from "../project/root";
import { readSettings } from "../project/settings";
import { writeNamed } from "../project/writing";
import { clean } from "../report/text";
import { SEVERITIES, type Severity } from "../scan/finding";
import { keepIssue, titleOf } from "../scan/issue";
import { LEAST_SCAN_BYTES, scanMarkdown } from "../scan/markdown";
import { readScans } from "../scan/read";
import { fails, type ScanReport, scanReport } from "../scan/report";
import { scanSarif } from "../scan/sarif";
import { scanTable } from "../scan/table";

const FORMATS = ["table", "markdown", "json", "sarif"] as const;

/** Severities that a limit can be: of `unknown` nothing is worse. */
const LIMITS = SEVERITIES.filter((one) => one !== "unknown");

interface ScanFlags {
  readonly severity?: Severity;
  readonly artifact?: string;
  readonly runUrl?: string;
}

interface ReportFlags extends ScanFlags {
  readonly format: (typeof FORMATS)[number];
  readonly failOn?: Severity;
  readonly out?: string;
  readonly limit?: number;
}

interface IssueFlags extends ScanFlags {
  readonly repository?: string;
  readonly author: string;
}

const FILES = "results of scanners: SARIF, or the JSON of trivy, grype, osv-scanner or CycloneDX";

/** Adds `groundplan scan …`. */
export function addScan(program: Command): void {
  const scan = program
    .command("scan")
    .summary("what several security scanners have found, as one report and one issue")
    .description(
      "Puts the results of several security scanners together: what two have found is one finding that names both.\n\n" +
        "It runs no scanner. The block `groundplan` of cdktf.json has the findings that are allowed, each until a day.",
    )
    .addHelpText(
      "after",
      `\nExamples:\n  $ npx groundplan scan report trivy.json grype.json --fail-on critical\n  $ npx groundplan scan issue trivy.json grype.json checkov.sarif\n${EXIT_HELP}`,
    );
  withFiles(scan.command("report"))
    .summary(
      "print what scanners have found; exits with 1 by --fail-on, and when an allowed finding's day is over",
    )
    .addOption(new Option("-f, --format <format>", "how it is written").choices(FORMATS).default("table"))
    .addOption(new Option("--fail-on <severity>", "exit with 1 for a finding as bad as this").choices(LIMITS))
    .option("-o, --out <file>", "write it to a file (default: standard output)")
    .option(
      "--limit <bytes>",
      `most bytes of markdown (default: ${COMMENT_BYTES}, which fits a comment)`,
      bytesOf,
    )
    .addHelpText(
      "after",
      "\nExamples:\n  $ npx groundplan scan report trivy.json grype.json --fail-on critical\n  $ npx groundplan scan report checkov.sarif hadolint.sarif --format markdown --out scan.md\n  $ npx groundplan scan report *.json *.sarif --format sarif --out scan.sarif",
    )
    .action(report);
  withFiles(scan.command("issue"))
    .summary("keep one GitHub issue of what scanners have found, closed when there is nothing")
    .description(
      "Opens, updates, closes and reopens one issue, with the labels `security` and `automated-scan`; the token is GITHUB_TOKEN.\n\n" +
        "A scan that did not come to its end closes nothing.",
    )
    .option("--repository <owner/name>", "repository (default: GITHUB_REPOSITORY)")
    .option("--author <login>", "login of the token's owner", "github-actions[bot]")
    .addHelpText(
      "after",
      "\nExamples:\n  $ npx groundplan scan issue trivy.json grype.json --severity high\n  $ npx groundplan scan issue results/*.json --artifact security-scan",
    )
    .action(issue);
}

function withFiles(command: Command): Command {
  return command
    .argument("<files...>", FILES)
    .addOption(new Option("--severity <severity>", "leave out findings that are less bad").choices(LIMITS))
    .option("--run-url <url>", "address of the run that has everything (default: the job's, on GitHub)")
    .option("--artifact <name>", "name of the run's artifact that has everything");
}

function report(files: readonly string[], flags: ReportFlags): void {
  const made = read(files, flags);
  const { format, out, limit } = flags;
  const lines =
    format === "table"
      ? scanTable(made, out ? undefined : terminalColumns())
      : linesOf(
          (format === "markdown"
            ? scanMarkdown(made, { ...where(flags), ...(limit ? { limit } : {}) })
            : jsonText(format === "json" ? made : scanSarif(made, ownVersion()))
          ).trimEnd(),
        );
  if (out) writeNamed(out, `${lines.join("\n")}\n`, "--out");
  else if (format === "table") sayPaged(lines, process.env);
  else sayLines(lines);
  sayFaults(made);
  if (fails(made, flags.failOn)) process.exitCode = EXIT.FAILED;
}

async function issue(files: readonly string[], flags: IssueFlags): Promise<void> {
  const made = read(files, flags);
  const env = process.env;
  const outcome = await keepIssue(gitHub(flags.repository ?? env.GITHUB_REPOSITORY, env), {
    report: made,
    run: runEvent(env)?.run ?? { number: 0, attempt: 1 },
    text: scanMarkdown(made, where(flags)),
    author: flags.author,
  });
  const url = outcome.url ? `: ${outcome.url}` : "";
  say(line`${titleOf(made)}  issue ${outcome.kind}${url}`);
  sayFaults(made);
  if (fails(made, undefined)) process.exitCode = EXIT.FAILED;
}

function read(files: readonly string[], { severity }: ScanFlags): ScanReport {
  const root = rootOf(process.cwd());
  const allow = root === undefined ? [] : (readSettings({ root }).scan?.allow ?? []);
  return scanReport(readScans(files), {
    allow,
    date: new Date().toISOString().slice(0, 10),
    least: severity,
  });
}

function where({ artifact, runUrl = runUrlOf(process.env) }: ScanFlags) {
  return { ...(runUrl ? { runUrl } : {}), ...(artifact ? { artifact } : {}) };
}

/** What fails whatever was found. */
function sayFaults({ expired, failures }: ScanReport): void {
  for (const one of failures) sayProblem(line`${paint.bad("Not scanned")}: `, clean(one, 400));
  for (const { id, until, reason } of expired) {
    sayProblem(
      line`${paint.bad("Allowed until")} `,
      `${until}, which is over: ${clean(id)}\n  ${clean(reason, 400)}\n  decide anew, or remove it from scan.allow in cdktf.json`,
    );
  }
}

function bytesOf(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= LEAST_SCAN_BYTES) return value;
  throw new InvalidArgumentError(`use a whole number, ${LEAST_SCAN_BYTES} or more`);
}
