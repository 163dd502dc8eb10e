import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const TAG = /^\w[\w.-]{0,127}$/;
const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** Whether a text is the digest of an image. */
export function isDigest(text: string): boolean {
  return DIGEST.test(text);
}

/** The first digits of a digest, as they are shown. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, 12);
}

/**
 * The tag that says which commit an image was built from: the commit itself. Of a folder that differs from its commit,
 * or is in no repository, the content is named as well, for two such images of one commit are not the same.
 *
 * @param commit - as `commitOf` writes it.
 */
export function commitTag(commit: string, digest: string): string {
  const [sha = "", changes] = commit.split("+");
  if (!COMMIT.test(sha)) return `content-${shortDigest(digest)}`;
  return changes === undefined ? sha : `${sha}-changes-${shortDigest(digest)}`;
}

/** The commit that a tag names; undefined for a tag that names none, or one whose folder had changes. */
export function commitOfTag(tag: string): string | undefined {
  return COMMIT.test(tag) ? tag : undefined;
}

/**
 * The tag of an image that an environment was pinned to. A repository counts these by themselves when it expires images, so
 * that an old one which is deployed again stays: `PINNED_TAG_PREFIX` of `@groundplan/modules/registry`.
 */
export function pinnedTag(digest: string): string {
  return `pinned-${shortDigest(digest)}`;
}

/** Whether a tag is one of {@link pinnedTag}. */
export function isPinnedTag(tag: string): boolean {
  return /^pinned-[0-9a-f]{12}$/.test(tag);
}

/** Whether a tag says what an image was built from, and never moves: one of {@link commitTag}. */
export function isFixedTag(tag: string): boolean {
  return COMMIT.test(tag.replace(/-changes-[0-9a-f]{12}$/, "")) || /^content-[0-9a-f]{12}$/.test(tag);
}

/**
 * Checks the tags that somebody wants an image to have beside that of its commit.
 *
 * @param immutable - whether the repository refuses to move tags.
 * @throws CliError for a tag that is none, names a commit, or would have to move in a repository that refuses that.
 */
export function checkTags(tags: readonly string[], immutable: boolean, repository: string): void {
  for (const tag of tags) {
    if (!TAG.test(tag)) {
      throw new CliError(
        EXIT.USAGE,
        `${JSON.stringify(tag)} is not a tag: letters, digits, and _ . -, up to 128, not . or - first`,
        'use e.g. "v1.2.3"',
      );
    }
    if (isFixedTag(tag)) {
      throw new CliError(
        EXIT.USAGE,
        `tag ${tag} has the form of a commit's, and these are written by publish alone`,
        'use e.g. "v1.2.3"',
      );
    }
    if (tag.startsWith("pinned-")) {
      throw new CliError(
        EXIT.USAGE,
        `tag ${tag} has the form of a pinned image's, and these are written by promote, deploy and rollback alone`,
        'use e.g. "v1.2.3"',
      );
    }
    if (immutable && /(?:^|[-_.])latest$/.test(tag)) {
      throw new CliError(
        EXIT.USAGE,
        `tag ${tag} is one that moves, and repository ${repository} has immutable tags`,
        "leave --tag out: the tag of the commit is written anyway",
      );
    }
  }
}

/** Host of the registry of an account in a Region, as images are named by it. */
export function registryHost(account: string, region: string): string {
  return `${account}.dkr.ecr.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}
