import { type GitHub, onGitHub } from "../github/client";
import { closeIssue, markedIssues, withoutMarker } from "../github/issues";
import { type Marker, written } from "../github/marker";
import type { Metadata } from "./metadata";
import type { Finding } from "./sweep";

/** Numbers of the open pull requests of a repository: one call for a hundred of them. */
export async function openPulls({ client, owner, repo }: GitHub): Promise<ReadonlySet<number>> {
  return onGitHub(`the open pull requests of ${owner}/${repo}`, async () => {
    const all = await client.paginate("GET /repos/{owner}/{repo}/pulls", {
      owner,
      repo,
      state: "open",
      per_page: 100,
    });
    return new Set(all.map(({ number }) => number));
  });
}

/** Tells a pull request that its preview ends. */
export async function warnPull(
  { client, owner, repo }: GitHub,
  { name, expiresAt, pullRequest }: Pick<Metadata, "name" | "expiresAt" | "pullRequest">,
): Promise<void> {
  if (pullRequest === undefined) return;
  const body = `Preview \`${name}\` is gone by ${expiresAt}. A push, or \`npx groundplan preview extend ${name}\`, lets it live longer.`;
  await onGitHub(`pull request ${pullRequest}`, () =>
    client.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
      owner,
      repo,
      issue_number: pullRequest,
      body,
    }),
  );
}

/** Label of the issue of orphans; GitHub makes it when it is not there. */
const LABEL = "preview-orphans";

/** What the issue is about, in its marker. */
const SUBJECT = "preview-orphans";

/** Resources of one preview that the issue shows. */
const MOST = 20;

/** Keeps the one issue of what sweeps cannot clean up by themselves: opened, updated, and closed when there is nothing more. */
export async function keepOrphanIssue(
  github: GitHub,
  findings: readonly Finding[],
  { run, author }: { readonly run: Marker["run"]; readonly author: string },
): Promise<string | undefined> {
  const { client, owner, repo } = github;
  return onGitHub("the issue of orphaned previews", async () => {
    const all = await markedIssues(github, { author, labels: [LABEL], state: "open" });
    const [there, ...doubles] = all.filter(({ marker }) => marker.subject === SUBJECT);
    for (const { number } of doubles)
      await closeIssue(github, number, "One issue is enough: see the older one.");
    const body = `${written({ subject: SUBJECT, head: "", run })}\n${orphanText(findings)}`;
    if (findings.length === 0) {
      if (there) await closeIssue(github, there.number, body);
      return undefined;
    }
    if (there) {
      if (withoutMarker(there.body) === withoutMarker(body)) return there.url;
      await client.request("PATCH /repos/{owner}/{repo}/issues/{issue_number}", {
        owner,
        repo,
        issue_number: there.number,
        body,
      });
      return there.url;
    }
    const title = "Previews: resources without metadata, or metadata that cannot be read";
    const { data } = await client.request("POST /repos/{owner}/{repo}/issues", {
      owner,
      repo,
      title,
      body,
      labels: [LABEL],
    });
    return data.html_url;
  });
}

/** What the issue says. What AWS or a bucket says stands in code, in which nothing is Markdown. */
export function orphanText(findings: readonly Finding[]): string {
  if (findings.length === 0) return "Nothing is orphaned any more.";
  const parts = findings.map(({ name, reason, arns = [] }) => {
    const shown = arns.slice(0, MOST).map((arn) => `- ${code(arn)}`);
    const more = arns.length > MOST ? [`- and ${arns.length - MOST} more`] : [];
    return [`**${code(name)}**: ${code(reason)}`, "", ...shown, ...more].join("\n");
  });
  return [
    "The sweep of previews found what it does not destroy by itself:",
    ...parts,
    "Look at each, and delete it or take its tags away.",
  ].join("\n\n");
}

/** A text as code: what could end it is taken out. */
function code(text: string): string {
  return `\`${text.replaceAll(/[`\r\n]/g, " ").slice(0, 300)}\``;
}
