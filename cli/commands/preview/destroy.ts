import type { Command } from "commander";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { line, paint, say, sayJson, sayLines } from "../../console/output";
import { pluralize } from "../../console/words";
import { findWanted, forgetGone } from "../../preview/claim";
import { destroyPreview } from "../../preview/destroy";
import type { Metadata } from "../../preview/metadata";
import { PreviewPlatform } from "../../preview/platform";
import type { Receipt } from "../../preview/receipt";
import { PreviewStore } from "../../preview/store";
import { SparedError, spareUnlessOver } from "../../preview/sweep";
import { WorkFolder } from "../../process/work-folder";
import { findProject } from "../../project/project";
import { confirmedBy, requireTerminal } from "../confirm";
import { dispatched, examples, type WantedFlags, wantedOf, withBranch, withDispatch } from "./options";

interface Flags extends WantedFlags {
  readonly reason?: string;
  readonly ifOver?: boolean;
  readonly dispatch?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Adds `groundplan preview destroy`. */
export function addDestroy(preview: Command): void {
  withDispatch(
    withBranch(
      preview
        .command("destroy")
        .argument("[name]", "preview to destroy")
        .summary("destroy a preview, and show the receipt")
        .description(
          "Destroys what carries the tags of a preview and nothing else: a run that makes it is stopped first. It ends with a receipt: what was there, and what AWS still lists. A preview that never was is destroyed already. After an interruption, run the same command again.",
        ),
    ),
  )
    .option("--reason <text>", "why, for its history")
    .option(
      "--if-over",
      "only if its time is over when the destroy begins: one that was extended meanwhile is spared, with exit code 0",
    )
    .option("-y, --yes", "do not ask: for automation")
    .option("--json", "print the receipt as JSON; needs --yes")
    .addHelpText(
      "after",
      examples("destroy payment-api", "destroy --branch feature/payment-api --yes --json"),
    )
    .action(destroy);
}

async function destroy(name: string | undefined, flags: Flags): Promise<void> {
  if (flags.json && !flags.yes) throw new CliError(EXIT.USAGE, "--json asks nobody", "write: --yes --json");
  if (!flags.yes) requireTerminal("give --yes");
  const quiet = flags.json ?? false;
  const platform = PreviewPlatform.find();
  const store = new PreviewStore(platform.bucket);
  const wanted = wantedOf(name, flags);
  const metadata = await findWanted(store, wanted);
  if (!metadata) {
    await forgetGone(store, wanted);
    if (quiet) return sayJson({ format: "groundplan.preview.destroy", version: 1 });
    return say(line`${paint.good("Nothing to destroy")}: there is no such preview.`);
  }
  const question = line`Type ${paint.strong(metadata.name)} to destroy it (${metadata.template}, of ${metadata.owner})`;
  if (!flags.yes && !(await confirmedBy(metadata.name, question))) {
    process.exitCode = EXIT.FAILED;
    return say(line`Nothing was destroyed.`);
  }
  if (flags.dispatch) return dispatchDestroy(store, metadata.name, flags);
  const receipt = await receiptUnlessSpared(platform, store, metadata.name, flags);
  if (receipt instanceof SparedError) {
    if (!quiet)
      return say(
        line`${paint.good("Spared")}: its time is not over, and it lives until ${receipt.expiresAt}`,
      );
    return sayJson({
      format: "groundplan.preview.destroy",
      version: 1,
      name: metadata.name,
      spared: receipt.expiresAt,
    });
  }
  if (receipt.left.length > 0) process.exitCode = EXIT.FAILED;
  if (quiet)
    return sayJson({ format: "groundplan.preview.destroy", version: 1, name: metadata.name, receipt });
  sayReceipt(receipt);
}

/** Destroys it. With `--if-over` one whose time is not over is spared, as was asked for: that is no failure. */
async function receiptUnlessSpared(
  platform: PreviewPlatform,
  store: PreviewStore,
  name: string,
  { reason, ifOver = false, json = false }: Flags,
): Promise<Receipt | SparedError> {
  try {
    return await WorkFolder.during(findProject(platform.checkout), (work) =>
      destroyPreview({
        platform,
        store,
        name,
        env: process.env,
        work,
        quiet: json,
        ...(reason === undefined ? {} : { reason }),
        ...(ifOver ? { allow: (found: Metadata) => spareUnlessOver(found, Date.now()) } : {}),
      }),
    );
  } catch (error) {
    if (error instanceof SparedError) return error;
    throw error;
  }
}

/** Lets GitHub destroy it, and shows the receipt that its run has written. */
async function dispatchDestroy(
  store: PreviewStore,
  name: string,
  { reason, json = false }: Flags,
): Promise<void> {
  await dispatched({ workflow: "destroy.yml", inputs: { name, reason } }, json);
  const receipt = await store.receipt(name);
  if (json)
    return sayJson({
      format: "groundplan.preview.destroy",
      version: 1,
      name,
      ...(receipt ? { receipt } : {}),
    });
  if (receipt) sayReceipt(receipt);
}

/** The receipt for people. */
function sayReceipt({ name, resources, images, left }: Receipt): void {
  const kinds = new Map<string, number>();
  for (const { type } of resources) kinds.set(type, (kinds.get(type) ?? 0) + 1);
  sayLines([
    line``,
    line`${paint.good("Gone")}: preview ${paint.strong(name)}, ${pluralize(resources.length, "resource", "resources")}, ${pluralize(images.length, "image", "images")}`,
    ...[...kinds].sort().map(([type, count]) => line`  ${String(count).padStart(3)} ${type}`),
    left.length === 0
      ? line`  AWS lists nothing more by its tag.`
      : line`  ${paint.bad(`AWS still lists ${left.length}`)}:`,
    ...left.map((arn) => line`    ${arn}`),
  ]);
}
