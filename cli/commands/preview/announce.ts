import type { Command } from "commander";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { line, paint, say } from "../../console/output";
import { gitHub } from "../../github/client";
import { runEvent } from "../../github/event";
import { announce } from "../../preview/announce/announce";
import type { Gone } from "../../preview/announce/text";
import { findWanted } from "../../preview/claim";
import { checkPreviewName } from "../../preview/name";
import { PreviewPlatform } from "../../preview/platform";
import type { PreviewStore } from "../../preview/store";
import { examples, storeHere, type WantedFlags, wantedOf, withBranch } from "./options";

interface Flags extends WantedFlags {
  readonly pullRequest?: string;
  readonly author: string;
}

/** Adds `groundplan preview announce`. */
export function addAnnounce(preview: Command): void {
  withBranch(
    preview
      .command("announce")
      .argument("[name]", "preview")
      .summary("say on GitHub how a preview is: a comment and a deployment")
      .description(
        "Keeps one comment on the pull request about its preview (address, logs, end, price, status), and the deployment with its address. When the preview is gone it says so, with the receipt, and ends the deployments. The token is GITHUB_TOKEN.",
      ),
  )
    .option(
      "--pull-request <number>",
      "pull request (default: the preview's, else that of the workflow's event)",
    )
    .option("--author <login>", "login of the token's owner", "github-actions[bot]")
    .addHelpText(
      "after",
      examples("announce payment-api --pull-request 42", "announce --branch feature/payment-api"),
    )
    .action(run);
}

async function run(name: string | undefined, flags: Flags): Promise<void> {
  const platform = PreviewPlatform.find();
  const store = storeHere(platform);
  const found = await previewFound(store, name, flags);
  const preview = found ?? (await goneOf(name, store));
  const env = process.env;
  const pull = pullOf(flags.pullRequest) ?? found?.pullRequest ?? runEvent(env)?.pull;
  const repository = flags.repository ?? found?.repository ?? env.GITHUB_REPOSITORY;
  const { comment, deployment } = await announce({
    github: gitHub(repository, env),
    preview,
    pull,
    author: flags.author,
    // Its number grows over all workflows and repositories, unlike that of a workflow's runs.
    run: { number: Number(env.GITHUB_RUN_ID ?? 0) || 0, attempt: Number(env.GITHUB_RUN_ATTEMPT ?? 1) || 1 },
    region: platform.bucket.region,
  });
  if (comment === undefined) say(line`${paint.faint("No pull request")}: no comment is written`);
  else if (comment.kind === "skipped") say(line`Comment skipped: ${comment.why}`);
  else
    say(line`${paint.good("Comment")} ${comment.kind}${comment.url === undefined ? "" : `: ${comment.url}`}`);
  say(line`Deployment: ${deployment}`);
}

/** The preview of that name, or of the branch; undefined when it is gone. */
async function previewFound(store: PreviewStore, name: string | undefined, flags: Flags) {
  if (name === undefined) return findWanted(store, wantedOf(undefined, flags));
  const found = await store.find(checkPreviewName(name));
  return found?.status === "gone" ? undefined : found;
}

async function goneOf(name: string | undefined, store: PreviewStore): Promise<Gone> {
  if (name === undefined)
    throw new CliError(EXIT.USAGE, "there is no preview of that branch", "name it, to say that it is gone");
  const receipt = await store.receipt(name);
  return { name, ...(receipt === undefined ? {} : { receipt }) };
}

function pullOf(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new CliError(
    EXIT.USAGE,
    `invalid pull request ${JSON.stringify(text.slice(0, 50))}`,
    "use its number, e.g. 42",
  );
}
