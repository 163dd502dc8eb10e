import { type GitHub, onGitHub } from "../github/client";
import { isOlder, type Marker, markerOf, written } from "../github/marker";

/** A comment that a pull request has once; how large it may be says github/comment-budget.ts. */
export interface Sticky {
  readonly pull: number;
  readonly marker: Marker;

  /**
   * Its text without the marker; undefined when there is nothing to say, so that a comment from before is
   * taken away.
   */
  readonly text?: string;

  /** Written only in place of a comment that is there. */
  readonly onlyUpdate?: boolean;

  /** Who writes it, e.g. `github-actions[bot]`: a marker in anybody else's comment is none. */
  readonly author: string;
}

/** What became of it. */
export type Outcome =
  | { readonly kind: "created" | "updated" | "unchanged" | "deleted"; readonly url?: string }
  | { readonly kind: "skipped"; readonly why: string };

interface Found {
  readonly id: number | bigint;
  readonly body: string;
  readonly marker: Marker;
  readonly url: string;
}

/** Writes a comment, in place of the one that is there, unless a newer run has written that. */
export async function stick(github: GitHub, sticky: Sticky): Promise<Outcome> {
  return onGitHub(`the comment on pull request ${sticky.pull}`, async () => {
    const { marker } = sticky;
    const head = await headOf(github, sticky.pull);
    if (marker.head && head !== marker.head) {
      return {
        kind: "skipped",
        why: `${marker.head.slice(0, 12)} is no longer the newest commit, ${head.slice(0, 12)} is`,
      };
    }
    const there = await find(github, sticky);
    const newer = there.find(
      ({ marker: other }) => (!marker.head || other.head === marker.head) && isOlder(marker.run, other.run),
    );
    if (newer)
      return { kind: "skipped", why: `run ${newer.marker.run.number} has written a newer one: ${newer.url}` };
    const [first, ...doubles] = there;
    for (const { id } of doubles) await remove(github, id);
    if (sticky.text === undefined) {
      if (first) await remove(github, first.id);
      return first ? { kind: "deleted" } : { kind: "unchanged" };
    }
    const body = `${written(marker)}\n${sticky.text}`;
    if (first) return update(github, first, body);
    return sticky.onlyUpdate ? { kind: "unchanged" } : create(github, sticky, body);
  });
}

async function headOf({ client, owner, repo }: GitHub, pull_number: number): Promise<string> {
  const { data } = await client.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", {
    owner,
    repo,
    pull_number,
  });
  return data.head.sha;
}

/** Our comments with this subject, over all pages; the oldest first. */
async function find(
  { client, owner, repo }: GitHub,
  { pull, marker, author }: Sticky,
): Promise<readonly Found[]> {
  const all = await client.paginate("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
    owner,
    repo,
    issue_number: pull,
    per_page: 100,
  });
  return all
    .flatMap(({ id, body = "", user, html_url: url }) => {
      const found = user?.login === author ? markerOf(body) : undefined;
      return found?.subject === marker.subject ? [{ id, body, marker: found, url }] : [];
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function update(
  { client, owner, repo }: GitHub,
  { id, body: was, url }: Found,
  body: string,
): Promise<Outcome> {
  if (was === body) return { kind: "unchanged", url };
  await client.request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", {
    owner,
    repo,
    comment_id: id,
    body,
  });
  return { kind: "updated", url };
}

async function create(github: GitHub, sticky: Sticky, body: string): Promise<Outcome> {
  const { client, owner, repo } = github;
  const { data } = await client.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
    owner,
    repo,
    issue_number: sticky.pull,
    body,
  });
  // An answer that got lost made the client send it again, and another run may have been as quick.
  const there = await find(github, sticky);
  const newest = there.reduce(
    (a, b) => (isOlder(a.marker.run, b.marker.run) ? b : a),
    there[0] ?? { ...data, marker: sticky.marker },
  );
  for (const { id } of there) if (id !== newest.id) await remove(github, id);
  return { kind: "created", url: data.html_url };
}

async function remove({ client, owner, repo }: GitHub, comment_id: number | bigint): Promise<void> {
  try {
    await client.request("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", {
      owner,
      repo,
      comment_id,
    });
  } catch (error) {
    // Another run, or a request whose answer got lost, was first.
    if ((error as { status?: unknown }).status !== 404) throw error;
  }
}
