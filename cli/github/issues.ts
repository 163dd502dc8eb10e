import type { GitHub } from "./client";
import { type Marker, markerOf } from "./marker";

/** An issue that this command line has written. */
export interface MarkedIssue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly url: string;
  readonly isOpen: boolean;
  readonly marker: Marker;
}

/** Which issues are looked for. */
export interface IssueQuery {
  /** Who has written them, e.g. `github-actions[bot]`. */
  readonly author: string;

  /** Labels that each of them has. */
  readonly labels: readonly string[];
  readonly state: "open" | "all";
}

/** The issues with a marker, the oldest first: one with a marker that somebody else has written is none. */
export async function markedIssues(
  { client, owner, repo }: GitHub,
  { author, labels, state }: IssueQuery,
): Promise<readonly MarkedIssue[]> {
  const all = await client.paginate("GET /repos/{owner}/{repo}/issues", {
    owner,
    repo,
    state,
    labels: labels.join(","),
    per_page: 100,
  });
  return all
    .flatMap(({ number, title, body, user, html_url: url, state: is, pull_request }) => {
      const marker = user?.login === author && !pull_request ? markerOf(body) : undefined;
      return marker ? [{ number, title, body: body ?? "", url, isOpen: is === "open", marker }] : [];
    })
    .sort((a, b) => a.number - b.number);
}

/** Closes an issue as completed, with a text that says why. */
export async function closeIssue(
  { client, owner, repo }: GitHub,
  issue_number: number,
  body: string,
): Promise<void> {
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
export function withoutMarker(body: string): string {
  return body.slice(body.indexOf("\n") + 1);
}
