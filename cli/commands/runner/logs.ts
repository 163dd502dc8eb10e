import { type Command, InvalidArgumentError, Option } from "commander";
import { logEvents } from "../../aws/log-events";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { line, paint, say } from "../../console/output";
import { ttlOf } from "../../preview/duration";
import { fleetHere } from "../../runner/fleet";
import { groupOf, LOG_SOURCES } from "../../runner/logs";
import { examples, withEnvironment } from "./options";

interface Flags {
  readonly source: (typeof LOG_SOURCES)[number];
  readonly instance?: string;
  readonly since: number;
  readonly follow?: boolean;
}

/** Adds `groundplan runner logs`. */
export function addLogs(runner: Command): void {
  withEnvironment(runner.command("logs"))
    .summary("show what instances and functions wrote")
    .description(
      "Shows what the instances of a fleet wrote, also those that have ended, or what its functions and the listener to scale sets did, from CloudWatch Logs.",
    )
    .addOption(
      new Option("--source <source>", "what of it")
        .choices(LOG_SOURCES)
        .default("boot" satisfies Flags["source"]),
    )
    .option("--instance <instance>", "one instance only, as list names it")
    .addOption(
      new Option("--since <time>", "how far back, e.g. 30m, 2h or 1d")
        .argParser(since)
        .default(3_600_000, "1h"),
    )
    .option("-f, --follow", "go on until Ctrl-C")
    .addHelpText(
      "after",
      examples(
        "logs",
        "logs dev --source runner --instance i-0123456789abcdef0",
        "logs dev --source scale-up -f",
      ),
    )
    .action(logs);
}

async function logs(environment: string | undefined, flags: Flags): Promise<void> {
  const { source, instance, since, follow = false } = flags;
  if (instance !== undefined && !/^i-[0-9a-f]{8,17}$/.test(instance))
    throw new CliError(
      EXIT.USAGE,
      `${JSON.stringify(instance)} is not an instance`,
      "use its id, e.g. i-0123456789abcdef0",
    );
  const { operator } = await fleetHere(environment);
  const read = {
    region: operator.region,
    logGroupName: groupOf(operator.functionName, source),
    since,
    follow,
    ...(instance === undefined ? {} : { logStreamNamePrefix: instance }),
  };
  for await (const { timestamp = 0, logStreamName = "", message = "" } of logEvents(read)) {
    for (const text of message.trimEnd().split("\n"))
      say(line`${paint.faint(new Date(timestamp).toISOString())} ${paint.faint(logStreamName)} ${text}`);
  }
}

function since(text: string): number {
  const milliseconds = ttlOf(text);
  if (milliseconds !== undefined) return milliseconds;
  throw new InvalidArgumentError("use 15m to 90d: a number with m, h, d or w");
}
