import { type GitHub, onGitHub } from "../github/client";
import { isOlder, type Marker, markerOf, written } from "../github/marker";
import type { ScanReport } from "./report";

/** Labels of the issue; GitHub makes those that are not there. */
export const SCAN_LABELS = ["security", "automated-scan"] as const;

/** What the issue is about, in its marker. */
const SUBJECT = "scan";

/** The issue as it is to be. */
export interface ScanIssue {
  readonly report: ScanReport;

  /** Number of the run, and its attempt. */
  readonly run: Marker["run"];

  /** Its text without the marker. */
  readonly text: string;

  /** Who writes it, e.g. `github-actions[bot]`. */
  readonly author: string;
}

/** What became of it. */
export interface ScanIssueOutcome {
  readonly kind: "opened" | "updated" | "reopened" | "unchanged" | "closed" | "skipped";
  readonly url?: string;
}

interface Found {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly url: string;
  readonly isOpen: boolean;
  readonly marker: Marker;
}

/** The issue's title: numbers and a day, and nothing that a scanner wrote. */
export function titleOf({ date, counts }: ScanReport): string {
  return `Security Scan: ${date} - ${counts.critical} Critical, ${counts.high} High`;
}

/**
 * Keeps the one issue of a repository's scans up to date: opened at the first finding, updated by each run, closed when
 * nothing is found any more, and opened again, the same one, when something is.
 *
 * A scan that did not come to its end closes nothing, and neither does one whose allow list has to be decided anew.
 */
export async function keepIssue(github: GitHub, issue: ScanIssue): Promise<ScanIssueOutcome> {
  return onGitHub("the issue of the security scan", async () => {
    const [there, ...doubles] = await own(github, issue.author);
    if (there && isOlder(issue.run, there.marker.run)) return { kind: "skipped", url: there.url };
    for (const double of doubles)
      if (double.isOpen) await close(github, double.number, "See the older issue.");
    const { findings, expired, failures } = issue.report;
    const body = `${written({ subject: SUBJECT, head: "", run: issue.run })}\n${issue.text}`;
    if (findings.length === 0 && expired.length === 0 && failures.length === 0) {
      if (!there?.isOpen) return { kind: "unchanged", ...(there ? { url: there.url } : {}) };
      await close(github, there.number, body);
      return { kind: "closed", url: there.url };
    }
    return there ? renew(github, there, issue, body) : open(github, issue, body);
  });
}

async function renew(
  { client, owner, repo }: GitHub,
  there: Found,
  { report }: ScanIssue,
  body: string,
): Promise<ScanIssueOutcome> {
  const title = titleOf(report);
  const same = there.title === title && textOf(there.body) === textOf(body);
  if (there.isOpen && same) return { kind: "unchanged", url: there.url };
  await client.request("PATCH /repos/{owner}/{repo}/issues/{issue_number}", {
    owner,
    repo,
    issue_number: there.number,
    title,
    body,
    ...(there.isOpen ? {} : { state: "open" as const, state_reason: "reopened" as const }),
  });
  return { kind: there.isOpen ? "updated" : "reopened", url: there.url };
}

async function open(github: GitHub, { report, author }: ScanIssue, body: string): Promise<ScanIssueOutcome> {
  const { client, owner, repo } = github;
  const { data } = await client.request("POST /repos/{owner}/{repo}/issues", {
    owner,
    repo,
    title: titleOf(report),
    body,
    labels: [...SCAN_LABELS],
  });
  // An answer that got lost made the client send it again.
  const [, ...doubles] = await own(github, author);
  for (const { number, isOpen } of doubles) if (isOpen) await close(github, number, "See the older issue.");
  return { kind: "opened", url: data.html_url };
}

/** Our issues of scans, the oldest first: an issue with our marker that somebody else has written is none. */
async function own({ client, owner, repo }: GitHub, author: string): Promise<readonly Found[]> {
  const all = await client.paginate("GET /repos/{owner}/{repo}/issues", {
    owner,
    repo,
    state: "all",
    labels: SCAN_LABELS.join(","),
    per_page: 100,
  });
  return all
    .flatMap(({ number, title, body, user, html_url: url, state, pull_request }) => {
      const marker = user?.login === author && !pull_request ? markerOf(body) : undefined;
      if (marker?.subject !== SUBJECT) return [];
      return [{ number, title, body: body ?? "", url, isOpen: state === "open", marker }];
    })
    .sort((a, b) => a.number - b.number);
}

async function close({ client, owner, repo }: GitHub, issue_number: number, body: string): Promise<void> {
  await client.request("PATCH /repos/{owner}/{repo}/issues/{issue_number}", {
    owner,
    repo,
    issue_number,
    body,
    state: "closed",
    state_reason: "completed",
  });
}

/** A text without its marker, which every run changes. */
function textOf(body: string): string {
  return body.slice(body.indexOf("\n") + 1);
}
