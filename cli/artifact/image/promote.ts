import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import type { ImageSet } from "../../gitops/set-image";
import type { Progress } from "../../progress/tasks";
import type { DeclaredImage } from "../declaration";
import { copyWithReferrers, presentManifest, type Sent, tagImage } from "./copy";
import type { ListedImage } from "./ecr";
import { assertKept, keepPinned, pinImage, pinnedDigest } from "./pin";
import { commitOfTag, commitTag, isDigest, shortDigest } from "./reference";
import type { ImageRepository } from "./registry";
import type { ImageSession } from "./session";
import { commitOfProvenance, type Verification, verifyImage } from "./trust";
import type { Trust } from "./verification";

/** What may be said of a promotion. */
export interface PromoteOptions {
  /** Environment from which it comes. @default - the one before */
  readonly from?: string;

  /** Whether somebody has approved this image, after a rollback that holds the one before. */
  readonly approve?: boolean;
  readonly trust: Trust;
  readonly progress: Progress;
}

/** What a promotion came to. */
export interface PromotedImage {
  readonly environment: string;
  readonly from: string | undefined;
  readonly digest: string;
  readonly commit: string | undefined;
  readonly signedBy: string;
  readonly sent: Sent;
  readonly pin: ImageSet;
}

/**
 * Brings the image that an environment is pinned to into the next one: by its digest, with all that is said of it, after
 * its signature was verified, and once more where it has come to. Its commit pins it there.
 */
export async function promoteImage(
  session: ImageSession,
  target: DeclaredImage,
  { from, approve, trust, progress }: PromoteOptions,
): Promise<PromotedImage> {
  const source = session.before(target, from);
  const digest = await pinnedDigest(session, source);
  progress(`verifying ${shortDigest(digest)} in ${source.repository}`);
  const there = await session.readableRepository(source);
  const verification = await verifyImage(there, digest, trust);
  const tag = await checkedTag(there, digest, verification);
  const here = await session.repository(target);
  progress(`copying ${shortDigest(digest)} to ${target.repository}`);
  const sent = await copyWithReferrers(there, here, digest);
  await verifyImage(here, digest, trust);
  await tagImage(here, await presentManifest(here, digest), tag);
  await keepPinned(session, target, here, digest);
  progress(`pinning ${shortDigest(digest)} in ${target.environment}`);
  const pin = await pinImage(session, target, digest, {
    action: "Promote",
    reason: `From ${source.environment}, signed by ${verification.by}.`,
    ...(approve === undefined ? {} : { approve }),
    onProgress: progress,
  });
  await assertKept(here, digest, target);
  return {
    environment: target.environment,
    from: source.environment,
    digest,
    commit: commitOfTag(tag),
    signedBy: verification.by,
    sent,
    pin,
  };
}

/**
 * The tag of the commit that an image's provenance names.
 *
 * @throws CliError when that tag leads to another image: somebody has moved it, or pushed past `publish`.
 */
async function checkedTag(
  repository: ImageRepository,
  digest: string,
  verification: Verification,
): Promise<string> {
  const tag = commitTag(commitOfProvenance(verification) ?? "unknown", digest);
  const there = await repository.manifest(tag);
  if (there === undefined || there.digest === digest) return tag;
  throw new CliError(
    EXIT.FAILED,
    `tag ${tag} of ${repository.name} has moved: it leads to ${shortDigest(there.digest)}, and the image of that commit is ${shortDigest(digest)}`,
    `at ${repository.registry.url}`,
    "find out who moved it; to promote the image nevertheless, move it back, or delete the tag",
  );
}

/**
 * Pins an image that is in the environment's repository.
 *
 * @param name - digest or commit, or the beginning of one; without it, the image that was pushed last.
 */
export async function deployImage(
  session: ImageSession,
  target: DeclaredImage,
  name: string | undefined,
  { approve, trust, progress }: PromoteOptions,
): Promise<PromotedImage> {
  const repository = await session.repository(target);
  const digest = imageNamed(await session.ecr(target).images(target.repository), name, target).digest;
  progress(`verifying ${shortDigest(digest)}`);
  const verification = await verifyImage(repository, digest, trust);
  const tag = await checkedTag(repository, digest, verification);
  await keepPinned(session, target, repository, digest);
  const pin = await pinImage(session, target, digest, {
    action: "Deploy",
    ...(approve === undefined ? {} : { approve }),
    onProgress: progress,
  });
  await assertKept(repository, digest, target);
  return {
    environment: target.environment,
    from: undefined,
    digest,
    commit: commitOfTag(tag),
    signedBy: verification.by,
    sent: { blobs: 0, known: 0 },
    pin,
  };
}

/** The image that somebody means. @throws CliError when none or several are meant. */
export function imageNamed(
  images: readonly ListedImage[],
  name: string | undefined,
  { repository, service }: Pick<DeclaredImage, "repository" | "service">,
): ListedImage {
  const [newest] = images;
  if (newest && name === undefined) return newest;
  const text = name ?? "";
  const hex = text.replace(/^sha256:/, "");
  const found = images.filter(
    ({ digest, tags }) =>
      digest === text ||
      tags.includes(text) ||
      (/^[0-9a-f]{4,64}$/.test(hex) &&
        (digest.startsWith(`sha256:${hex}`) || tags.some((tag) => tag.startsWith(hex) && commitOfTag(tag)))),
  );
  const [one] = found;
  if (one && found.length === 1) return one;
  const known = images.slice(0, 5).map(({ digest }) => shortDigest(digest));
  throw new CliError(
    EXIT.USAGE,
    images.length === 0
      ? `there is no image in ${repository}`
      : `${found.length === 0 ? "no image" : `${found.length} images`} of ${repository} named ${JSON.stringify(text)}`,
    known.length === 0
      ? `publish one: npx groundplan artifact publish ${service}`
      : `use 4 or more characters of one of ${known.join(", ")}${images.length > 5 ? ", …" : ""}`,
    ...(isDigest(text) && images.length > 0 ? [`see all: npx groundplan artifact list ${service}`] : []),
  );
}
