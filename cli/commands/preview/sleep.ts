import type { Command } from "commander";
import { line, paint, say, sayJson } from "../../console/output";
import type { Metadata } from "../../preview/metadata";
import { PreviewPlatform } from "../../preview/platform";
import { putToSleep, wakeUp } from "../../preview/sleep";
import { viewOf } from "../../preview/view";
import { runSteps } from "../../progress/tasks";
import { examples, previewOf, storeHere, type WantedFlags, withBranch } from "./options";

interface Flags extends WantedFlags {
  readonly reason?: string;
  readonly json?: boolean;
}

/** Adds `groundplan preview sleep`. */
export function addSleep(preview: Command): void {
  withBranch(
    preview
      .command("sleep")
      .argument("[name]", "preview to let sleep")
      .summary("stop the tasks of a preview, and its own database")
      .description(
        "Lets a preview sleep: no task of it runs and a database of its own is stopped. Its address answers with a page that wakes it.",
      ),
  )
    .option("--reason <text>", "why, for its history")
    .option("--json", "print the preview as JSON")
    .addHelpText("after", examples("sleep payment-api"))
    .action((name: string | undefined, flags: Flags) => run("sleep", name, flags));
}

/** Adds `groundplan preview wake`. */
export function addWake(preview: Command): void {
  withBranch(
    preview
      .command("wake")
      .argument("[name]", "preview to wake")
      .summary("start a sleeping preview")
      .description("Wakes a preview: its database first, then its tasks, and when they run its address."),
  )
    .option("--reason <text>", "why, for its history")
    .option("--json", "print the preview as JSON")
    .addHelpText("after", examples("wake payment-api"))
    .action((name: string | undefined, flags: Flags) => run("wake", name, flags));
}

async function run(what: "sleep" | "wake", name: string | undefined, flags: Flags): Promise<void> {
  const platform = PreviewPlatform.find();
  const store = storeHere(platform);
  const { name: of } = await previewOf(store, name, flags);
  const { region } = platform.bucket;
  let metadata: Metadata | undefined;
  await runSteps(
    [
      {
        title: `${what} ${of}`,
        run: async (_, progress) => {
          const act = what === "sleep" ? putToSleep : wakeUp;
          const reason = flags.reason === undefined ? {} : { reason: flags.reason };
          metadata = await act({ store, name: of, env: process.env, region, progress, ...reason });
          return metadata.status;
        },
      },
    ],
    {},
    flags.json,
  );
  if (!metadata) return;
  if (flags.json) return sayJson({ format: "groundplan.preview", version: 1, ...viewOf(metadata) });
  say(line`${paint.good(what === "sleep" ? "Asleep" : "Awake")}: preview ${paint.strong(of)}`);
}
