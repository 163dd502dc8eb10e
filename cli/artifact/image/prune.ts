import { CliError, Interrupted } from "../../console/errors";
import { interrupted } from "../../process/interrupts";
import type { Progress } from "../../progress/tasks";
import type { DeclaredImage } from "../declaration";
import type { ListedImage } from "./ecr";
import { type ImagePrunePlan, reasonsOf } from "./prune-plan";
import { shortDigest } from "./reference";
import type { ImageSession } from "./session";
import { pinnedNow } from "./uses";

/** What a prune came to. */
export interface PrunedImages {
  readonly removed: readonly ListedImage[];

  /** What was to be removed and is needed after all, with by what. */
  readonly kept: readonly string[];
}

/**
 * Removes the images of a plan, one after another, each with what is about it. What was pinned meanwhile stays: Git is read
 * before each.
 */
export async function pruneImages(
  session: ImageSession,
  target: DeclaredImage,
  { remove }: ImagePrunePlan,
  progress: Progress,
): Promise<PrunedImages> {
  const removed: ListedImage[] = [];
  const kept: string[] = [];
  const repository = await session.repository(target);
  const ecr = session.ecr(target);
  try {
    for (const image of remove) {
      if (interrupted.aborted) throw new Interrupted();
      const reasons = reasonsOf(image, await pinnedNow(session, target));
      if (reasons.length > 0) {
        kept.push(`image ${shortDigest(image.digest)}: ${reasons.join(", ")}`);
        continue;
      }
      progress(`removing ${shortDigest(image.digest)}`);
      // The image last: of an image that is gone nobody finds what is left about it.
      const referrers = await repository.referrers(image.digest);
      await ecr.remove(
        target.repository,
        referrers.map(({ digest }) => digest),
      );
      await ecr.remove(target.repository, [image.digest]);
      removed.push(image);
    }
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const [first = "", ...lines] = error.message.split("\n  ");
    const told = [
      ...lines,
      `removed before: ${removed.length} of ${remove.length} images`,
      "the same command again goes on",
    ];
    throw error instanceof Interrupted
      ? new Interrupted(...told)
      : new CliError(error.exitCode, first, ...told);
  }
  return { removed, kept };
}
