import { type GitHub, onGitHub } from "../github/client";
import { closeIssue, type MarkedIssue, markedIssues, withoutMarker } from "../github/issues";
import { isOlder, type Marker, written } from "../github/marker";
import type { EnvironmentDrift } from "./environment";

/** Label of the issues; GitHub makes it when it is not there. */
export const DRIFT_LABEL = "drift";

/** An environment's issue, as it is to be. */
export interface DriftIssue {
  readonly drift: EnvironmentDrift;
  readonly marker: Marker;

  /** Its text without the marker. */
  readonly text: string;

  /** Who writes it, e.g. `github-actions[bot]`. */
  readonly author: string;
}

/** What became of an issue. */
export interface IssueOutcome {
  readonly kind: "opened" | "updated" | "unchanged" | "closed" | "skipped";
  readonly url?: string;
}

/** Opens, updates or closes the one issue of an environment. */
export async function settle(github: GitHub, issue: DriftIssue): Promise<IssueOutcome> {
  const { client, owner, repo } = github;
  const name = issue.drift.environment || "stacks without an environment";
  return onGitHub(`the drift issue of ${name}`, async () => {
    const [there, ...doubles] = await open(github, issue);
    if (there && isOlder(issue.marker.run, there.marker.run)) return { kind: "skipped", url: there.url };
    for (const { number } of doubles)
      await closeIssue(github, number, "One issue is enough: see the older one.");
    const body = `${written(issue.marker)}\n${issue.text}`;
    if (issue.drift.kind === "none") {
      if (!there) return { kind: "unchanged" };
      await closeIssue(github, there.number, body);
      return { kind: "closed", url: there.url };
    }
    if (there) {
      if (withoutMarker(there.body) === withoutMarker(body)) return { kind: "unchanged", url: there.url };
      await client.request("PATCH /repos/{owner}/{repo}/issues/{issue_number}", {
        owner,
        repo,
        issue_number: there.number,
        body,
      });
      return { kind: "updated", url: there.url };
    }
    // Stacks that cannot be looked at are no drift: the run that looks fails, and is seen.
    if (issue.drift.kind === "unknown") return { kind: "unchanged" };
    const { data } = await client.request("POST /repos/{owner}/{repo}/issues", {
      owner,
      repo,
      title: `Drift in ${name}`,
      body,
      labels: [DRIFT_LABEL],
    });
    // An answer that got lost made the client send it again.
    const [, ...more] = await open(github, issue);
    for (const { number } of more)
      await closeIssue(github, number, "One issue is enough: see the older one.");
    return { kind: "opened", url: data.html_url };
  });
}

/** Properties of {@link closeGone}. */
export interface GoneProps {
  /** Begin of the subjects of an app's issues, e.g. `drift:.:`. */
  readonly prefix: string;

  /** Environments that there are. */
  readonly environments: readonly string[];
  readonly run: Marker["run"];
  readonly author: string;
}

/**
 * Closes the issues of environments that are no longer in the code: nobody looks at them any more.
 *
 * @returns the environments, with the issue of each.
 */
export async function closeGone(
  github: GitHub,
  { prefix, environments, run, author }: GoneProps,
): Promise<readonly { readonly environment: string; readonly url: string }[]> {
  return onGitHub("the drift issues of environments that are gone", async () => {
    const gone = (await mine(github, author)).flatMap((found) => {
      const { subject } = found.marker;
      const environment = subject.startsWith(prefix) ? subject.slice(prefix.length) : undefined;
      const there = environment === undefined || environments.includes(environment);
      return there || isOlder(run, found.marker.run) ? [] : [{ ...found, environment }];
    });
    for (const { number, marker } of gone) {
      await closeIssue(
        github,
        number,
        `${written({ ...marker, run })}\nThe environment is no longer in the code.`,
      );
    }
    return gone;
  });
}

/** The environment's open issues, the oldest first. */
async function open(github: GitHub, { marker, author }: DriftIssue): Promise<readonly MarkedIssue[]> {
  return (await mine(github, author)).filter((found) => found.marker.subject === marker.subject);
}

/** The open issues of all environments, the oldest first. */
function mine(github: GitHub, author: string): Promise<readonly MarkedIssue[]> {
  return markedIssues(github, { author, labels: [DRIFT_LABEL], state: "open" });
}
