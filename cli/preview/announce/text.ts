import { joinMarkdown, type Markdown, md } from "../../report/markup";
import { clean, code, fenced } from "../../report/text";
import type { PreviewRecord } from "../dashboard/data";
import { httpsAddress, logsAddress } from "../dashboard/links";

/** What the comment of a preview says. */
export interface Announcement {
  readonly preview: PreviewRecord;

  /** Region of the previews, for the link to its logs. */
  readonly region?: string | undefined;
}

/** What is said first of a preview, by its status. */
const SAYS: Readonly<Record<string, Markdown>> = {
  provisioning: md`⏳ is being made`,
  active: md`✅ answers`,
  asleep: md`💤 is asleep: its address shows a page that wakes it`,
  destroying: md`🧹 is being destroyed`,
  failed: md`❌ failed`,
};

/**
 * The one comment on a pull request about its preview: address, logs, end, price and status. Every text of others in it is
 * code, and every address is checked.
 */
export function announcement({ preview, region }: Announcement): Markdown {
  const { name, status, endpoint, logGroup, expiresAt, cost, commit, owner, template, failure, run } =
    preview;
  const rows: (readonly [Markdown, Markdown])[] = [
    ...(endpoint === undefined ? [] : [[md`Address`, addressOf(endpoint)] as const]),
    [md`Logs`, logsOf(name, logGroup, region)],
    [md`Gone by`, md`${timeOf(expiresAt)}, unless somebody pushes or extends it`],
    [md`Price`, priceOf(cost?.monthly)],
    [
      md`Made from`,
      md`${cellOf(template)}${commit === undefined ? md`` : md` at ${cellOf(commit.slice(0, 12))}`}`,
    ],
    [md`Owner`, cellOf(owner)],
  ];
  const runUrl = linkOf(run?.url, md`the run`);
  const parts: Markdown[] = [
    md`### Preview ${code(name)} ${SAYS[status] ?? md`is ${code(status)}`}`,
    joinMarkdown([md`| | |`, md`|---|---|`, ...rows.map(([key, value]) => md`| ${key} | ${value} |`)], "\n"),
    ...(failure === undefined ? [] : [fenced(failureLines(failure))]),
    ...(status === "failed" || status === "provisioning"
      ? runUrl === undefined
        ? []
        : [md`See ${runUrl}.`]
      : []),
  ];
  return joinMarkdown(parts, "\n\n");
}

/** What stands there when a preview is gone. */
export interface Gone {
  readonly name: string;

  /** What the receipt says; absent where there is none. */
  readonly receipt?: { readonly resources: readonly unknown[]; readonly left: readonly string[] } | undefined;
}

/** The same comment when its preview is gone. */
export function goneText({ name, receipt }: Gone): Markdown {
  const says = md`### Preview ${code(name)} is gone`;
  if (receipt === undefined) return says;
  const { resources, left } = receipt;
  const words =
    left.length === 0
      ? md`${resources.length} resources were destroyed, and AWS lists nothing more by its tag.`
      : md`${resources.length} resources were destroyed, and AWS still lists ${left.length}:\n\n${fenced(left.slice(0, 20).map((arn) => clean(arn)))}`;
  return md`${says}\n\n${words}`;
}

function priceOf(monthly: number | undefined): Markdown {
  if (monthly === undefined || !Number.isFinite(monthly)) return md`not known`;
  // The same days of a month as on the dashboard: 730 hours.
  return md`about $${(monthly / (730 / 24)).toFixed(2) as Markdown} a day, $${monthly.toFixed(2) as Markdown} a month while it runs`;
}

function addressOf(endpoint: string): Markdown {
  return linkOf(endpoint, cellOf(endpoint.replace(/^https:\/\//, "").replace(/\/$/, ""))) ?? cellOf(endpoint);
}

function logsOf(name: string, logGroup: string | undefined, region: string | undefined): Markdown {
  const command = cellOf(`npx groundplan preview logs ${name} --follow`);
  const link = linkOf(logsAddress(logGroup, region), md`CloudWatch`);
  return link === undefined ? command : md`${link}, or ${command}`;
}

/** A link; undefined when the address has anything that Markdown could read. */
function linkOf(url: string | undefined, words: Markdown): Markdown | undefined {
  const address = httpsAddress(url);
  if (address === undefined || !/^https:\/\/[\w.:/?#=&%$~+,;-]{1,500}$/.test(address)) return undefined;
  return `[${words}](${address})` as Markdown;
}

/** A time of day in UTC, e.g. `2026-12-06 10:00 UTC`. */
function timeOf(iso: string): Markdown {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return cellOf(iso);
  return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC` as Markdown;
}

/** A text as code within a table. */
function cellOf(text: string): Markdown {
  return code(clean(text, 120).replaceAll("|", "\u2223").replaceAll("\\", "\u2216"));
}

function failureLines(failure: string) {
  return failure
    .split("\n")
    .slice(0, 20)
    .map((line) => clean(line, 400));
}
