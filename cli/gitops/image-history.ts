import type { RemoteBranch } from "../git/remote-branch";
import { type ImageEntry, isSameImage } from "./image-entry";
import { entryIn } from "./image-target";
import { revertsTo } from "./message";

/** A commit that brought an image. */
export interface ImageCommit {
  readonly commit: string;
  readonly entry: ImageEntry;

  /** The commit whose image a revert brought back; undefined when it is no revert. */
  readonly revertsTo: string | undefined;
}

/** Commits of a Kustomize file that are looked at. */
const MOST = 300;

/** The commit that brought the image that a commit has: the newest that changed it. */
export async function broughtBy(
  branch: RemoteBranch,
  head: string,
  at: { readonly file: string; readonly image: string },
): Promise<string> {
  for await (const { commit } of imageCommits(branch, head, at)) return commit;
  return head;
}

/** The commits that brought each image of a file, the newest first. */
export async function* imageCommits(
  branch: RemoteBranch,
  head: string,
  at: { readonly file: string; readonly image: string },
): AsyncGenerator<ImageCommit> {
  await branch.deepen();
  const commits = (await branch.commitsOf(head, at.file)).slice(0, MOST);
  let next: { commit: string; entry: ImageEntry } | undefined;
  const found = async (one: { commit: string; entry: ImageEntry }): Promise<ImageCommit> => ({
    ...one,
    revertsTo: revertsTo(await branch.messageOf(one.commit)),
  });
  for (const commit of commits) {
    const entry = await entryIn(branch, commit, at);
    // E.g. with the marks of a conflict, which the next commit has taken out: what was before it ran nevertheless.
    if (entry === "damaged") continue;
    if (next && (entry === undefined || !isSameImage(entry, next.entry))) yield await found(next);
    next = entry === undefined ? undefined : { commit, entry };
    // What an image was before it was in this file at all is no history of it.
    if (entry === undefined) return;
  }
  if (next) yield await found(next);
}

/**
 * What ran before the image of a commit. What a revert has taken away is not gone back to: a second revert goes further
 * back, and not forward again.
 *
 * @param isBad - whether an image is passed over.
 */
export async function imageBefore(
  branch: RemoteBranch,
  head: string,
  at: { readonly file: string; readonly image: string },
  isBad: (entry: ImageEntry) => boolean,
): Promise<ImageCommit | undefined> {
  let current: ImageEntry | undefined;
  let until: string | undefined;
  for await (const one of imageCommits(branch, head, at)) {
    // All between a revert and what it went back to was taken away.
    if (until !== undefined && one.commit !== until) continue;
    until = undefined;
    current ??= one.entry;
    if (!isSameImage(one.entry, current) && !isBad(one.entry)) return one;
    until = one.revertsTo;
  }
  return undefined;
}
