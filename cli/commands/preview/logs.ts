import { setTimeout as sleep } from "node:timers/promises";
import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  type FilterLogEventsCommandOutput,
} from "@aws-sdk/client-cloudwatch-logs";
import { type Command, InvalidArgumentError } from "commander";
import { nameOf, unreachable } from "../../aws/errors";
import { line, paint, say } from "../../console/output";
import { ttlOf } from "../../preview/duration";
import { knownOutputs } from "../../preview/outputs";
import { PreviewPlatform } from "../../preview/platform";
import { interrupted } from "../../process/interrupts";
import { examples, previewOf, storeHere, type WantedFlags, withBranch } from "./options";

interface Flags extends WantedFlags {
  readonly follow?: boolean;
  readonly since: number;
}

/** Time between two looks with `--follow`, in milliseconds. */
const LOOK = 2_000;

/** Events that are remembered, so that none is shown twice: those of the same millisecond come again. */
const REMEMBERED = 10_000;

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
    .option("--since <time>", "how far back, e.g. 30m, 2h or 1d", since, 3_600_000)
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
  const logs = new CloudWatchLogsClient({ region: platform.bucket.region });
  const seen = new Set<string>();
  let from = Date.now() - flags.since;
  do {
    let token: string | undefined;
    do {
      const page = await events(logs, {
        logGroupName,
        startTime: from,
        ...(token === undefined ? {} : { nextToken: token }),
      });
      for (const { eventId = "", timestamp = 0, logStreamName = "", message = "" } of page.events ?? []) {
        if (seen.has(eventId)) continue;
        seen.add(eventId);
        from = Math.max(from, timestamp);
        const stream = logStreamName.split("/").slice(-2, -1)[0] ?? logStreamName;
        for (const text of message.trimEnd().split("\n"))
          say(line`${paint.faint(new Date(timestamp).toISOString())} ${paint.faint(stream)} ${text}`);
      }
      token = page.nextToken;
    } while (token !== undefined && !interrupted.aborted);
    if (seen.size > REMEMBERED)
      for (const old of [...seen].slice(0, seen.size - REMEMBERED)) seen.delete(old);
    if (flags.follow) await sleep(LOOK, undefined, { signal: interrupted }).catch(() => undefined);
  } while (flags.follow && !interrupted.aborted);
}

async function events(
  logs: CloudWatchLogsClient,
  input: FilterLogEventsCommandInput,
): Promise<FilterLogEventsCommandOutput> {
  try {
    return await logs.send(new FilterLogEventsCommand(input));
  } catch (error) {
    if (nameOf(error) === "ResourceNotFoundException") return { $metadata: {}, events: [] };
    throw unreachable(error);
  }
}
