import type { Command } from "commander";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { line, paint, say, sayAside, sayJson } from "../console/output";
import { page } from "../console/pages";
import type { ImageEntry } from "../gitops/image-entry";
import { shortRevision } from "../gitops/judge";
import { imageMessage, imageText, shortImage } from "../gitops/message";
import { revertImage } from "../gitops/revert-image";
import { setImage } from "../gitops/set-image";
import { checkedName, examples, type TargetFlags, withTarget } from "./gitops-options";
import { type Target, targetOf } from "./gitops-target";

interface SetFlags extends TargetFlags {
  readonly approve?: boolean;
  readonly json?: boolean;
}

interface RevertFlags extends SetFlags {
  readonly to?: string;
  readonly reason?: string;
}

/** What a commit for an image came to, and of what. */
interface Written {
  readonly changed: boolean;
  readonly commit: string;
  readonly head: string;
  readonly attempts: number;
}

/** Adds `groundplan gitops set-image`. */
export function addSetImage(gitops: Command): void {
  withTarget(
    gitops
      .command("set-image")
      .argument("<environment>", "environment that is to run it")
      .argument("<service>", "service whose image it is")
      .argument("<digest>", "sha256: and 64 hex digits, as the push of the image printed it")
      .summary("set the image of an environment, by a commit in its Git repository")
      .description(
        "Writes the digest into the environment's kustomization.yaml, commits that alone, and pushes it. Where another push was faster, the edit is made anew on what is there then. No checkout is touched.",
      ),
  )
    .option(
      "--new-name <repository>",
      "repository of the image in its registry (default: as the stacks declare it)",
    )
    .option("--approve", "set it also when a rollback holds the image; that hold ends")
    .option("--json", "print the commit as JSON")
    .addHelpText(
      "after",
      examples(
        "set-image dev app sha256:<64 hex digits>",
        "set-image prod app sha256:<64 hex digits> --approve",
        "set-image dev web sha256:<64 hex digits> --repository https://github.com/owner/name --path overlays/dev --new-name registry.example/web",
      ),
    )
    .action((environment: string, service: string, digest: string, flags: SetFlags) =>
      runSetImage(environment, service, digest, flags),
    );
}

async function runSetImage(
  environment: string,
  service: string,
  digest: string,
  flags: SetFlags,
): Promise<void> {
  const target = await checkedTarget(environment, service, flags);
  const { newName } = target;
  if (newName === undefined) {
    throw new CliError(
      EXIT.USAGE,
      `which repository of a registry has the image of ${service} in ${environment}?`,
      "the stacks do not say in which account it is",
      `name it with --new-name, or write the account into platform.ts: ${page("delivery")}`,
    );
  }
  const entry: ImageEntry = { newName, digest };
  const set = await setImage({
    ...target,
    newName,
    digest,
    approve: flags.approve ?? false,
    onProgress: (text) => sayAside(line`${text}`),
    message: (before) =>
      imageMessage({ action: "Deploy", environment, service, entry, before, env: process.env }),
  });
  if (flags.json) return sayWritten(target, set, entry, set.before);
  say(
    set.changed
      ? line`${paint.good("Set")} ${service} in ${environment} to ${shortImage(entry)}: commit ${paint.strong(set.commit)}`
      : line`${paint.good("Unchanged")}: ${service} in ${environment} is ${shortImage(entry)} since commit ${paint.strong(set.commit)}`,
  );
  say(line`  wait for it: npx groundplan gitops wait ${environment} --revision ${set.commit}`);
}

/** Adds `groundplan gitops revert`. */
export function addRevert(gitops: Command): void {
  withTarget(
    gitops
      .command("revert")
      .argument("<environment>", "environment whose image goes back")
      .argument("<service>", "service whose image it is")
      .summary("take the image of an environment back in Git")
      .description(
        "Writes the image that ran before into the environment's kustomization.yaml, commits that alone, and pushes it. A second revert goes further back. Nothing is held: the next set-image goes on; rollback holds.",
      ),
  )
    .option("--to <commit>", "the image that this commit has (default: the one before)")
    .option("--reason <text>", "why, for the commit's message")
    .option("--approve", "also when a rollback holds the image; the hold stays")
    .option("--json", "print the commit as JSON")
    .addHelpText(
      "after",
      examples("revert dev app", "revert staging app --to 1a2b3c4d --reason 'wrong release'"),
    )
    .action(async (environment: string, service: string, flags: RevertFlags) => {
      const target = await checkedTarget(environment, service, flags);
      const done = await revertImage({
        ...target,
        ...(flags.to === undefined ? {} : { to: flags.to }),
        approve: flags.approve ?? false,
        onProgress: (text) => sayAside(line`${text}`),
        message: ({ entry, from, revertsTo }) =>
          imageMessage({
            action: "Revert",
            environment,
            service,
            entry,
            env: process.env,
            ...(from ? { before: from } : {}),
            ...(flags.reason === undefined ? {} : { reason: flags.reason }),
            ...(revertsTo === undefined ? {} : { revertsTo }),
          }),
      });
      if (flags.json) return sayWritten(target, done, done.entry, done.from);
      const from = done.from ? `, from ${shortImage(done.from)}` : "";
      say(
        done.changed
          ? line`${paint.good("Reverted")} ${service} in ${environment} to ${shortImage(done.entry)}${from}: commit ${paint.strong(done.commit)}`
          : line`${paint.good("Unchanged")}: ${service} in ${environment} is ${imageText(done.entry)} since commit ${shortRevision(done.commit)}`,
      );
      say(line`  wait for it: npx groundplan gitops wait ${environment} --revision ${done.commit}`);
    });
}

function checkedTarget(environment: string, service: string, flags: SetFlags): Promise<Target> {
  return targetOf(checkedName("an environment", environment), checkedName("a service", service), flags);
}

function sayWritten(
  target: Target,
  written: Written,
  image: ImageEntry,
  before: ImageEntry | undefined,
): void {
  const { environment, service } = target;
  const { changed, commit, head, attempts } = written;
  sayJson({
    format: "groundplan.gitops.image",
    version: 1,
    environment,
    service,
    changed,
    commit,
    head,
    attempts,
    image,
    before,
  });
}
