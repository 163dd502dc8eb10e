import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { RemoteBranch } from "../../git/remote-branch";
import type { ImageEntry } from "../../gitops/image-entry";
import { readState } from "../../gitops/image-target";
import { imageMessage, imageText } from "../../gitops/message";
import { type ImageSet, setImage } from "../../gitops/set-image";
import type { DeclaredImage } from "../declaration";
import { presentManifest, tagImage } from "./copy";
import type { ListedImage } from "./ecr";
import { isPinnedTag, pinnedTag, shortDigest } from "./reference";
import type { ImageRepository } from "./registry";
import type { ImageSession } from "./session";

/** What a commit pins in an environment. */
export interface ImagePin {
  readonly entry: ImageEntry;

  /** The newest commit of the branch. */
  readonly head: string;
}

/** Reads what an environment is pinned to. */
export function readPin(session: ImageSession, target: DeclaredImage): Promise<ImagePin> {
  const git = session.gitTarget(target);
  return RemoteBranch.during(git, async (branch) => {
    const head = await branch.fetch();
    const { entry } = await readState(branch, head, git);
    return { entry, head };
  });
}

/**
 * The digest that an environment is pinned to, in its own repository.
 *
 * @throws CliError when it is pinned by a tag, which may be another image tomorrow, or to another repository.
 */
export async function pinnedDigest(session: ImageSession, target: DeclaredImage): Promise<string> {
  const { environment, service } = target;
  const { entry } = await readPin(session, target);
  const name = await session.imageName(target);
  const set = `set a digest: npx groundplan artifact deploy ${environment} --service ${service}`;
  if (entry.digest === undefined) {
    throw new CliError(
      EXIT.HELD,
      `${environment} is pinned to ${imageText(entry)}: a tag, which may be another image tomorrow`,
      `at ${target.gitops.path}/kustomization.yaml, branch ${target.gitops.revision}`,
      set,
    );
  }
  if (entry.newName === name) return entry.digest;
  throw new CliError(
    EXIT.HELD,
    `${environment} is pinned to ${imageText(entry)}, which is not in its own repository ${name}`,
    `at ${target.gitops.path}/kustomization.yaml, branch ${target.gitops.revision}`,
    set,
  );
}

/**
 * Gives an image the tag by which its repository keeps it, before a commit pins it: ECR counts age from the push, and an
 * old image that is deployed again would expire while it runs. Whatever is pinned later takes its place, so none that was
 * pinned after it can push it out.
 *
 * @throws CliError when so many that were pushed later have the tag that ECR would expire it nevertheless.
 */
export async function keepPinned(
  session: ImageSession,
  target: DeclaredImage,
  repository: ImageRepository,
  digest: string,
): Promise<void> {
  if (target.pinnedImages !== undefined) {
    const images = await session.ecr(target).images(target.repository);
    if (newerPinned(images, digest) >= target.pinnedImages) {
      throw new CliError(
        EXIT.HELD,
        `image ${shortDigest(digest)} would expire while it runs in ${target.environment}: ${target.pinnedImages} that were pushed later were pinned there, and ECR keeps no more of them`,
        `at ${target.repository}`,
        `raise registry.maxImages of ${target.environment}, or publish its commit again: npx groundplan artifact publish ${target.service}`,
      );
    }
  }
  await tagImage(repository, await presentManifest(repository, digest), pinnedTag(digest));
}

/** How many images that were pinned were pushed after one. @param images - the last pushed first. */
export function newerPinned(images: readonly ListedImage[], digest: string): number {
  const at = images.findIndex((image) => image.digest === digest);
  // Without a tag yet, it has just come.
  if (at === -1) return 0;
  return images.slice(0, at).filter(({ tags }) => tags.some(isPinnedTag)).length;
}

/** What is said of a commit. */
export interface PinOptions {
  /** First word of the message. */
  readonly action: string;
  readonly reason?: string;
  readonly approve?: boolean;
  readonly onProgress?: (line: string) => void;
}

/** Pins an image of the environment's own repository: one commit, pushed. */
export async function pinImage(
  session: ImageSession,
  target: DeclaredImage,
  digest: string,
  { action, reason, approve = false, onProgress }: PinOptions,
): Promise<ImageSet> {
  const { environment, service } = target;
  const entry = { newName: await session.imageName(target), digest };
  return setImage({
    ...session.gitTarget(target),
    ...entry,
    approve,
    ...(onProgress === undefined ? {} : { onProgress }),
    message: (before) =>
      imageMessage({
        action,
        environment,
        service,
        entry,
        before,
        ...(reason === undefined ? {} : { reason }),
        env: process.env,
      }),
  });
}

/**
 * Looks once more for what was pinned: `prune` reads Git before it deletes, so one of the two sees the other.
 *
 * @throws CliError when the image was deleted between the look before the commit and the commit.
 */
export async function assertKept(
  repository: ImageRepository,
  digest: string,
  { environment, service }: DeclaredImage,
): Promise<void> {
  if (await repository.manifest(digest)) return;
  throw new CliError(
    EXIT.FAILED,
    `image ${shortDigest(digest)} was deleted while it was pinned in ${environment}: no new pod can start`,
    `at ${repository.name}`,
    `go back to what ran before: npx groundplan artifact rollback ${environment} --service ${service}`,
    `or build its commit again: npx groundplan artifact publish ${service}`,
  );
}
