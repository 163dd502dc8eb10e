import { type Command, InvalidArgumentError, Option } from "commander";
import { logEvents } from "../../aws/log-events";
import { line, paint, say } from "../../console/output";
import { ttlOf } from "../../preview/duration";
import { knownOutputs } from "../../preview/outputs";
import { PreviewPlatform } from "../../preview/platform";
import { examples, previewOf, storeHere, type WantedFlags, withBranch } from "./options";

interface Flags extends WantedFlags {
  readonly follow?: boolean;
  readonly since: number;
}

/** Adds `groundplan preview logs`. */
export function addLogs(preview: Command): void {
  withBranch(
    preview
      .command("logs")
      .argument("[name]", "preview to read")
      .summary("show the logs of a preview")
      .description(
        "Shows what the containers of a preview wrote, those of migrations too, from CloudWatch Logs.",
      ),
  )
    .option("-f, --follow", "go on until Ctrl-C")
    .addOption(
      new Option("--since <time>", "how far back, e.g. 30m, 2h or 1d")
        .argParser(since)
        .default(3_600_000, "1h"),
    )
    .addHelpText("after", examples("logs payment-api", "logs payment-api --since 15m --follow"))
    .action(run);
}

function since(text: string): number {
  const milliseconds = ttlOf(text);
  if (milliseconds !== undefined) return milliseconds;
  throw new InvalidArgumentError("use 15m to 90d: a number with m, h, d or w");
}

async function run(name: string | undefined, flags: Flags): Promise<void> {
  const platform = PreviewPlatform.find();
  const metadata = await previewOf(storeHere(platform), name, flags);
  const logGroupName = metadata.logGroup ?? knownOutputs(metadata).log_group;
  const { region } = platform.bucket;
  const { since, follow = false } = flags;
  for await (const event of logEvents({ region, logGroupName, since, follow })) {
    const { timestamp = 0, logStreamName = "", message = "" } = event;
    const stream = logStreamName.split("/").slice(-2, -1)[0] ?? logStreamName;
    for (const text of message.trimEnd().split("\n"))
      say(line`${paint.faint(new Date(timestamp).toISOString())} ${paint.faint(stream)} ${text}`);
  }
}
