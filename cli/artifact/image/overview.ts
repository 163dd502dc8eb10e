import { callerAccount } from "../../aws/caller";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { imageText } from "../../gitops/message";
import type { DeclaredImage } from "../declaration";
import type { ListedImage } from "./ecr";
import { readPin } from "./pin";
import { commitOfTag, isFixedTag } from "./reference";
import type { ImageSession } from "./session";

/** An image of a service, with where it is. */
export interface ImageRow {
  readonly digest: string;
  readonly commit: string | null;
  readonly tags: readonly string[];
  readonly time: string;
  readonly size: number;

  /** Environments whose repository has it. */
  readonly environments: readonly string[];

  /** Environments that are pinned to it. */
  readonly pinnedIn: readonly string[];
}

/** What an environment is pinned to. */
export interface CurrentRow {
  readonly environment: string;

  /** The image as Git says it, in full; null when Git cannot be read. */
  readonly image: string | null;
  readonly digest: string | null;
  readonly commit: string | null;

  /** What is to be known of it in a few words. */
  readonly state: string;
}

/** All images of a service, the last pushed first, and why the images or the pin of an environment cannot be seen. */
export async function listImages(
  session: ImageSession,
): Promise<{ readonly images: readonly ImageRow[]; readonly unseen: Readonly<Record<string, string>> }> {
  const rows = new Map<string, ImageRow>();
  const unseen: Record<string, string> = {};
  for (const target of session.targets) {
    const { environment } = target;
    const pinned = await seen(() => readPin(session, target));
    const listed = await seen(() => imagesOf(session, target));
    if ("why" in listed) {
      unseen[environment] = listed.why;
      continue;
    }
    if ("why" in pinned) unseen[environment] = `what it is pinned to: ${pinned.why}`;
    const name = "why" in pinned ? undefined : (pinned.value.entry.digest ?? pinned.value.entry.newTag);
    for (const image of listed.value) {
      const isPinned = name !== undefined && [image.digest, ...image.tags].includes(name);
      rows.set(image.digest, withImage(rows.get(image.digest), image, environment, isPinned));
    }
  }
  const images = [...rows.values()].sort((one, other) => (one.time < other.time ? 1 : -1));
  return { images, unseen };
}

function withImage(
  row: ImageRow | undefined,
  { digest, tags, time, size }: ListedImage,
  environment: string,
  isPinned: boolean,
): ImageRow {
  const all = [...new Set([...(row?.tags ?? []), ...tags])];
  return {
    digest,
    commit: all.map(commitOfTag).find((one) => one !== undefined) ?? null,
    tags: all,
    // When it was published, and not when it was promoted.
    time: row !== undefined && row.time < time ? row.time : time,
    size,
    environments: [...(row?.environments ?? []), environment],
    pinnedIn: [...(row?.pinnedIn ?? []), ...(isPinned ? [environment] : [])],
  };
}

/** What each environment is pinned to, and whether its repository has that. */
export function currentImages(session: ImageSession): Promise<readonly CurrentRow[]> {
  return Promise.all(session.targets.map((target) => currentRow(session, target)));
}

async function currentRow(session: ImageSession, target: DeclaredImage): Promise<CurrentRow> {
  const { environment } = target;
  const pin = await seen(() => readPin(session, target));
  if ("why" in pin) return { environment, image: null, digest: null, commit: null, state: `Git: ${pin.why}` };
  const { entry } = pin.value;
  const digest = entry.digest ?? null;
  const known = { environment, image: imageText(entry), digest };
  if (entry.digest === undefined) return { ...known, commit: null, state: "pinned by a tag, which may move" };
  const listed = await seen(() => imagesOf(session, target));
  if ("why" in listed) return { ...known, commit: null, state: listed.why };
  const found = listed.value.find((one) => one.digest === digest);
  if (!found) return { ...known, commit: null, state: "not in the repository: no new pod can start" };
  const commit = found.tags.map(commitOfTag).find((one) => one !== undefined) ?? null;
  const isPublished = found.tags.some(isFixedTag);
  return { ...known, commit, state: isPublished ? "pinned" : "pinned; it was not pushed by publish" };
}

async function imagesOf(session: ImageSession, target: DeclaredImage): Promise<readonly ListedImage[]> {
  const { account, region, repository } = target;
  if (account !== undefined && account !== (await callerAccount(region))) {
    throw new CliError(EXIT.FAILED, "another account's");
  }
  return session.ecr(target).images(repository);
}

/** What can be seen, or why not: the other environments are shown nevertheless. */
async function seen<T>(read: () => Promise<T>): Promise<{ readonly value: T } | { readonly why: string }> {
  try {
    return { value: await read() };
  } catch (error) {
    if (!(error instanceof CliError) || error.exitCode === EXIT.INTERRUPTED) throw error;
    return { why: error.message.split("\n")[0] ?? "" };
  }
}
