import { type GitHub, onGitHub } from "../github/client";
import { closeIssue, type MarkedIssue, markedIssues, withoutMarker } from "../github/issues";
import { isOlder, type Marker, written } from "../github/marker";
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
      if (double.isOpen) await closeIssue(github, double.number, "See the older issue.");
    const { findings, expired, failures } = issue.report;
    const body = `${written({ subject: SUBJECT, head: "", run: issue.run })}\n${issue.text}`;
    if (findings.length === 0 && expired.length === 0 && failures.length === 0) {
      if (!there?.isOpen) return { kind: "unchanged", ...(there ? { url: there.url } : {}) };
      await closeIssue(github, there.number, body);
      return { kind: "closed", url: there.url };
    }
    return there ? renew(github, there, issue, body) : open(github, issue, body);
  });
}

async function renew(
  { client, owner, repo }: GitHub,
  there: MarkedIssue,
  { report }: ScanIssue,
  body: string,
): Promise<ScanIssueOutcome> {
  const title = titleOf(report);
  const same = there.title === title && withoutMarker(there.body) === withoutMarker(body);
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
  for (const { number, isOpen } of doubles)
    if (isOpen) await closeIssue(github, number, "See the older issue.");
  return { kind: "opened", url: data.html_url };
}

/** Our issues of scans, the oldest first. */
async function own(github: GitHub, author: string): Promise<readonly MarkedIssue[]> {
  const all = await markedIssues(github, { author, labels: SCAN_LABELS, state: "all" });
  return all.filter(({ marker }) => marker.subject === SUBJECT);
}
