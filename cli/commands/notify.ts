import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import { CliError } from "../console/errors";
import { EXIT, EXIT_HELP } from "../console/exit-codes";
import { line, paint, say, sayAside, sayJson, sayText } from "../console/output";
import { page } from "../console/pages";
import { jsonText } from "../console/visible";
import { runUrlOf } from "../github/event";
import { SENSITIVE } from "../input/text-mask";
import { EVENTS, type Event, type EventName, headline } from "../notify/messages";
import { pagerDutyEvent, SEVERITIES, type Severity } from "../notify/pagerduty";
import { post } from "../notify/post";
import { addressOf, secretOf } from "../notify/secret";
import { slackMessage } from "../notify/slack";

interface Flags {
  readonly environment: string;
  readonly service: string;
  readonly release?: string;
  readonly revision?: string;
  readonly reason?: string;
  readonly by?: string;
  readonly runUrl?: string;
  readonly detail: readonly (readonly [string, string])[];
  readonly dryRun?: boolean;
  readonly ifConfigured?: boolean;
  readonly json?: boolean;
}

interface SlackFlags extends Flags {
  readonly urlFile?: string;
}

interface PagerDutyFlags extends Flags {
  readonly keyFile?: string;
  readonly severity: Severity;
  readonly resolve?: boolean;
  readonly dedupKey?: string;
}

const SLACK_URL = "SLACK_WEBHOOK_URL";
const PAGERDUTY_KEY = "PAGERDUTY_ROUTING_KEY";
const PAGERDUTY_URL = "PAGERDUTY_EVENTS_URL";

/** Adds `groundplan notify`. */
export function addNotify(program: Command): void {
  const notify = program
    .command("notify")
    .summary("tell Slack and PagerDuty of a deploy")
    .description("Tells Slack and PagerDuty how a deploy goes, with one message or alert for each call.")
    .addHelpText(
      "after",
      examples(
        "slack deploy-succeeded --environment prod --service app --release 1.2.0",
        "pagerduty rolled-back --environment prod --service app --reason 'errors at 12 %'",
      ),
    );
  addSlack(notify);
  addPagerDuty(notify);
}

function addSlack(notify: Command): void {
  withEvent(notify.command("slack"))
    .summary("send a message by an incoming webhook of Slack")
    .description(`Sends a message by an incoming webhook of Slack. Its URL is in ${SLACK_URL}, or in a file.`)
    .option("--url-file <file>", `file that has the URL (default: the variable ${SLACK_URL})`)
    .addHelpText(
      "after",
      examples(
        "slack deploy-started --environment dev --service app --release 1.2.0",
        "slack scan-found --environment prod --service app --detail Critical=2 --detail High=5",
        "slack canary-aborted --environment prod --service app --dry-run",
      ),
    )
    .action(async (name: EventName, flags: SlackFlags) => {
      const { urlFile: file, dryRun } = flags;
      const event = eventOf(name, flags);
      const body = slackMessage(event);
      const told = { channel: "slack", event: name } as const;
      if (dryRun) return sayDryRun(told, body, flags);
      const secret = secretOf({ variable: SLACK_URL, file, option: "--url-file", env: process.env });
      if (secret === undefined) return sayUnconfigured(told, SLACK_URL, "--url-file", flags);
      const { tries } = await post({
        to: "Slack",
        url: addressOf(secret, file ?? SLACK_URL),
        body,
        secrets: [secret],
        onProgress: (text) => sayAside(line`${text}`),
        advice: (status) =>
          status === 400
            ? "the message is of a form that Slack refuses: look at it with --dry-run"
            : "the webhook may be revoked or its channel archived: make another in the app's settings of Slack",
      });
      saySent(told, event, tries, flags);
    });
}

function addPagerDuty(notify: Command): void {
  withEvent(notify.command("pagerduty"))
    .summary("begin or end an alert by PagerDuty's Events API v2")
    .description(
      `Begins an alert by PagerDuty's Events API v2, or ends it: deploy-succeeded ends it by itself. The integration key is in ${PAGERDUTY_KEY}, or in a file. The alert's key is made of environment and service, so that nothing pages twice.`,
    )
    .option("--key-file <file>", `file that has the key (default: the variable ${PAGERDUTY_KEY})`)
    .addOption(new Option("--severity <severity>", "how bad it is").choices(SEVERITIES).default("critical"))
    .option("--resolve", "end the alert")
    .option(
      "--dedup-key <key>",
      "key of the alert (default: groundplan/<environment>/<service>/delivery, or /scan)",
    )
    .addHelpText(
      "after",
      examples(
        "pagerduty rolled-back --environment prod --service app --reason 'errors at 12 %'",
        "pagerduty deploy-succeeded --environment prod --service app",
        "pagerduty scan-found --environment prod --service app --severity warning --dry-run",
      ),
    )
    .action(async (name: EventName, flags: PagerDutyFlags) => {
      const { keyFile: file, dryRun, severity, resolve, dedupKey } = flags;
      const event = eventOf(name, flags);
      const body = pagerDutyEvent(event, {
        severity,
        ...(resolve === undefined ? {} : { resolve }),
        ...(dedupKey === undefined ? {} : { dedupKey }),
      });
      const told = { channel: "pagerduty", event: name, dedupKey: body.dedup_key } as const;
      if (dryRun) return sayDryRun(told, { routing_key: SENSITIVE, ...body }, flags);
      const key = secretOf({ variable: PAGERDUTY_KEY, file, option: "--key-file", env: process.env });
      if (key === undefined) return sayUnconfigured(told, PAGERDUTY_KEY, "--key-file", flags);
      const { tries } = await post({
        to: "PagerDuty",
        url: addressOf(
          process.env[PAGERDUTY_URL] || "https://events.pagerduty.com/v2/enqueue",
          PAGERDUTY_URL,
        ),
        body: { routing_key: key, ...body },
        secrets: [key],
        onProgress: (text) => sayAside(line`${text}`),
        advice: () =>
          `look at the integration key, 32 characters of an Events API v2 integration, and at ${PAGERDUTY_URL}`,
      });
      saySent(told, event, tries, flags);
    });
}

function withEvent(command: Command): Command {
  return command
    .addArgument(new Argument("<event>", "what happened").choices(Object.keys(EVENTS)))
    .requiredOption("-e, --environment <name>", "environment that it is about")
    .requiredOption("-s, --service <name>", "service that it is about")
    .option("--release <version>", "version, tag or digest")
    .option("--revision <commit>", "commit of the GitOps repository")
    .option("--reason <text>", "why")
    .option("--by <name>", "who did it (default: GITHUB_ACTOR)")
    .option("--run-url <url>", "address of the run (default: this one)")
    .option("--detail <name=value>", "one more fact; may be given several times", detail, [])
    .option("--dry-run", "print what would be sent, and send nothing; it needs no secret")
    .option("--if-configured", "send nothing, and succeed, where no URL or key is configured")
    .option("--json", "print the result as JSON");
}

function detail(
  text: string,
  before: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  const at = text.indexOf("=");
  if (at > 0 && before.length < 40) return [...before, [text.slice(0, at), text.slice(at + 1)]];
  throw new InvalidArgumentError("use a name and a value, e.g. Critical=2, at most 40 of them");
}

function eventOf(name: EventName, flags: Flags): Event {
  const { environment, service, release, revision, reason, detail: details } = flags;
  const by = flags.by ?? process.env.GITHUB_ACTOR;
  const runUrl = flags.runUrl ?? runUrlOf(process.env);
  return {
    name,
    environment,
    service,
    details,
    ...(release === undefined ? {} : { version: release }),
    ...(revision === undefined ? {} : { revision }),
    ...(reason === undefined ? {} : { reason }),
    ...(by === undefined ? {} : { by }),
    ...(runUrl === undefined ? {} : { runUrl }),
  };
}

interface Told {
  readonly channel: "slack" | "pagerduty";
  readonly event: EventName;
  readonly dedupKey?: string;
}

const HEAD = { format: "groundplan.notify", version: 1 } as const;

function sayDryRun(told: Told, body: object, { json }: Flags): void {
  if (json) sayJson({ ...HEAD, ...told, sent: false, tries: 0, body });
  else sayText(jsonText(body));
}

function sayUnconfigured(told: Told, variable: string, option: string, { ifConfigured, json }: Flags): void {
  if (!ifConfigured) {
    throw new CliError(
      EXIT.MISSING,
      `${variable} is not set`,
      `set it, or name a file that has it with ${option}; an argument would be in the list of processes`,
      `look at what would be sent with --dry-run: ${page("delivery")}`,
    );
  }
  if (json) sayJson({ ...HEAD, ...told, sent: false, tries: 0 });
  else say(line`${paint.faint(`Nothing sent: ${variable} is not set`)}`);
}

function saySent(told: Told, event: Event, tries: number, { json }: Flags): void {
  if (json) sayJson({ ...HEAD, ...told, sent: true, tries });
  else
    say(
      line`${paint.good("Sent")} to ${told.channel === "slack" ? "Slack" : "PagerDuty"}: ${headline(event)}`,
    );
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((one) => `  $ npx groundplan notify ${one}\n`).join("")}${EXIT_HELP}`;
}
