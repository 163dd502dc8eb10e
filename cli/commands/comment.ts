import { existsSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { keepLabels, type LabelOutcome, labelsOf } from "../comment/labels";
import { type Outcome, type Sticky, stick } from "../comment/sticky";
import { LARGEST_REPORT, pullOf, readUntrusted } from "../comment/untrusted";
import { CliError } from "../console/errors";
import { EXIT, EXIT_HELP } from "../console/exit-codes";
import { line, paint, say } from "../console/output";
import { projectPricing } from "../cost/project-pricing";
import { gitHub } from "../github/client";
import { COMMENT_BYTES } from "../github/comment-budget";
import { runEvent, runUrlOf } from "../github/event";
import { readInputFile } from "../input/file";
import { RESULT_FOLDER } from "../plan/result";
import { inProject } from "../project/project";
import { rootOf } from "../project/root";
import { markdown } from "../report/markdown";
import { withoutMasked } from "../report/masked";
import type { Report } from "../report/model";
import { readReports } from "../report/read";
import { isQuiet } from "../report/report";
import { namesHere, withMask } from "./options";

interface CommentFlags {
  readonly repository?: string;
  readonly pull?: number;
  readonly author: string;
  readonly whenUnchanged: "say" | "delete";
  readonly forkReport?: string;
  readonly app: string;
  readonly artifact?: string;
  readonly pageUrl?: string;
  readonly runUrl?: string;
  readonly text?: string;
  readonly subject?: string;
  readonly labels?: boolean;
  readonly mask?: readonly string[];
}

/** Adds `groundplan comment`. */
export function addComment(program: Command): void {
  withMask(program.command("comment"))
    .argument(
      "[folder...]",
      `result directories of groundplan plan, several as one plan (default: ${RESULT_FOLDER} of the project)`,
    )
    .summary("write the plan into one comment on the pull request")
    .description(
      "Writes the plan into one comment on the pull request, in place of the one from before.\n\n" +
        "The token is GITHUB_TOKEN. A run of an older commit never writes over a newer one's comment.",
    )
    .option("--repository <owner/name>", "repository (default: GITHUB_REPOSITORY)")
    .option("--pull <number>", "pull request (default: that of the workflow's event)", numberOf)
    .option("--author <login>", "login of the token's owner", "github-actions[bot]")
    .addOption(
      new Option(
        "--when-unchanged <what>",
        "what to do with an earlier comment when the plan changes nothing",
      )
        .choices(["say", "delete"])
        .default("say"),
    )
    .option("--fork-report <file>", "in a workflow_run: the report that a fork's run has uploaded")
    .option("--app <folder>", "with --fork-report: folder of the CDKTF app that it may be of", ".")
    .option("--run-url <url>", "address of the run that has everything (default: this one)")
    .option("--artifact <name>", "name of the run's artifact that has everything")
    .addOption(
      new Option(
        "--labels",
        "keep the labels `plan: destroys`, `plan: no changes` and `plan: risks` on the pull request",
      ).conflicts(["text", "forkReport"]),
    )
    .option("--page-url <url>", "address of the page of this plan, which the comment links")
    .option("--text <file>", "Markdown that is written in place of a plan; needs --subject")
    .option("--subject <name>", "what that text is about, e.g. api: each has one comment")
    .addHelpText(
      "after",
      `\nExamples:\n  $ npx groundplan comment --artifact groundplan-plan\n  $ npx groundplan comment shards/*/ --artifact groundplan-plan\n  $ npx groundplan comment --pull 12 --repository octo-org/platform\n  $ npx groundplan comment --labels\n  $ npx groundplan comment --fork-report report.json\n  $ npx groundplan comment --text size.md --subject api\n${EXIT_HELP}`,
    )
    .action(async (folders: readonly string[], flags: CommentFlags) =>
      tell(await comment(folders, flags, process.env)),
    );
}

interface Done {
  readonly outcome: Outcome;

  /** @default - they were not to be kept */
  readonly labels?: LabelOutcome;
}

async function comment(
  folders: readonly string[],
  flags: CommentFlags,
  env: NodeJS.ProcessEnv,
): Promise<Done> {
  const event = runEvent(env);
  const github = gitHub(flags.repository ?? env.GITHUB_REPOSITORY, env);
  const own = textOf(flags);
  const names = namesHere(flags);
  const report = own
    ? undefined
    : flags.forkReport
      ? withoutMasked(readUntrusted(flags.forkReport, flags.app), names)
      : readReports(folders.length > 0 ? folders : [inProject(RESULT_FOLDER)], {
          names,
          pricing: projectPricing(rootOf(process.cwd())),
        });
  const pull = report && flags.forkReport ? await pullOf(github, report, event) : (flags.pull ?? event?.pull);
  if (pull === undefined) {
    throw new CliError(EXIT.USAGE, "which pull request?", "name it with --pull, or run it on pull_request");
  }
  const outcome = await stick(github, {
    pull,
    author: flags.author,
    marker: {
      subject: own ? `text:${own.subject}` : `plan:${report?.app}`,
      head: event?.head ?? report?.commit ?? "",
      run: event?.run ?? { number: 0, attempt: 1 },
    },
    ...(own ? { text: own.text } : report ? contentOf(report, flags, env) : {}),
  });
  // A run that is no longer the newest says nothing of the pull request as it is.
  if (!flags.labels || !report || outcome.kind === "skipped") return { outcome };
  const { app } = report;
  const labels = await keepLabels(github, { pull, app, labels: labelsOf(report), author: flags.author });
  return { outcome, labels };
}

/** The text that is written in place of a plan, if one is. @throws CliError when it cannot be. */
function textOf({ text: file, subject }: CommentFlags): { subject: string; text: string } | undefined {
  if (file === undefined) return undefined;
  if (!subject) throw new CliError(EXIT.USAGE, "what is the text about?", "name it with --subject, e.g. api");
  if (!existsSync(file)) throw new CliError(EXIT.USAGE, `there is no file ${file}`, "write it first");
  const text = readInputFile(file, { bytes: LARGEST_REPORT }, "name a file of text with --text").toString();
  const bytes = Buffer.byteLength(text);
  if (bytes <= COMMENT_BYTES) return { subject, text };
  throw new CliError(
    EXIT.USAGE,
    `the text has ${bytes} bytes`,
    `at ${file}`,
    `use ${COMMENT_BYTES} or fewer, and link to the rest`,
  );
}

/** What is written: nothing changes is only worth a word when something was said before. */
function contentOf(
  report: Report,
  flags: CommentFlags,
  env: NodeJS.ProcessEnv,
): Pick<Sticky, "text" | "onlyUpdate"> {
  if (isQuiet(report) && flags.whenUnchanged === "delete") return {};
  const runUrl = flags.runUrl ?? runUrlOf(env);
  const text = markdown(report, {
    ...(runUrl ? { runUrl } : {}),
    ...(flags.artifact ? { artifact: flags.artifact } : {}),
    ...(flags.pageUrl ? { pageUrl: flags.pageUrl } : {}),
    ...(flags.forkReport ? { note: FORK_NOTE } : {}),
  });
  return { text, onlyUpdate: isQuiet(report) };
}

const FORK_NOTE =
  "A run of a fork made this plan, and may have said anything: read the code before you believe it.";

function tell({ outcome, labels }: Done): void {
  if (outcome.kind === "skipped") say(line`${paint.warning("Not written")}: ${outcome.why}`);
  else if (outcome.kind === "unchanged") say(line`Nothing to write.`);
  else say(line`${paint.good(`The comment is ${outcome.kind}`)}${outcome.url ? `: ${outcome.url}` : ""}`);
  for (const name of labels?.added ?? []) say(line`Label added: ${name}`);
  for (const name of labels?.removed ?? []) say(line`Label removed: ${name}`);
}

function numberOf(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("use the number of a pull request");
}
