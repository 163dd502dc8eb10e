import { cut, EVENTS, type Event, headline, type Mood, shortVersion } from "./messages";

/** What Slack takes, in characters and blocks. @see https://docs.slack.dev/reference/block-kit/blocks */
const HEADER = 150;
const SECTION = 2900;
const FIELD = 1900;
const FIELDS = 10;

const SIGNS: Readonly<Record<Mood, string>> = { neutral: "🚀", good: "✅", bad: "🔴" };

/** A message for a webhook of Slack. */
export interface SlackMessage {
  /** For notifications, and for who sees no blocks. */
  readonly text: string;
  readonly blocks: readonly object[];
}

/** The message of an event. What others wrote in it is text: no link, and nobody is called by it. */
export function slackMessage(event: Event): SlackMessage {
  const { name, environment, service, version, revision, by, reason, runUrl, details } = event;
  const fields: (readonly [string, string | undefined])[] = [
    ["Environment", environment],
    ["Service", service],
    ["Version", version && shortVersion(version)],
    ["Commit", revision?.slice(0, 12)],
    ["By", by],
    ...details,
  ];
  const shown = fields.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
  const sign = SIGNS[EVENTS[name].mood];
  return {
    text: escaped(`${sign} ${headline(event)}`),
    blocks: [
      {
        type: "header",
        text: { type: "plain_text", text: cut(`${sign} ${headline(event)}`, HEADER), emoji: true },
      },
      ...chunks(shown, FIELDS).map((part) => ({
        type: "section",
        fields: part.map(([key, value]) => ({
          type: "mrkdwn",
          text: cut(`*${escaped(key)}*\n${escaped(value)}`, FIELD),
        })),
      })),
      ...(reason === undefined
        ? []
        : [{ type: "section", text: { type: "plain_text", text: cut(reason, SECTION), emoji: false } }]),
      ...(runUrl === undefined
        ? []
        : [{ type: "context", elements: [{ type: "mrkdwn", text: `<${link(runUrl)}|Run>` }] }]),
    ],
  };
}

/** @see https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function link(url: string): string {
  return url.replaceAll(/[<>|\s]/g, (sign) => encodeURIComponent(sign));
}

function chunks<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, at) => all.slice(at * size, (at + 1) * size));
}
