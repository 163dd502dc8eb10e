import type { ListedImage } from "./ecr";
import type { Uses } from "./uses";

/** What stays though nobody needs it. */
export interface ImageRetention {
  /** Number of the newest images. */
  readonly keep: number;

  /** Images that were pushed later stay. @default - none for that alone */
  readonly before?: Date;

  /** The time of the plan: what was pushed within a day and has no tag may get it yet. */
  readonly now: Date;
}

/** Milliseconds after which no publish goes on: a token of ECR counts for 12 hours. */
const LONGEST_PUBLISH = 86_400_000;

/** An image and why it stays. */
export interface KeptImage {
  readonly image: ListedImage;
  readonly reasons: readonly string[];
}

/** What would be removed of a repository. */
export interface ImagePrunePlan {
  readonly remove: readonly ListedImage[];
  readonly kept: readonly KeptImage[];
}

/**
 * Which images of a repository nobody needs.
 *
 * @param images - the last pushed first; those without a tag are none of the newest, for no environment can name them.
 */
export function imagePrunePlan(
  images: readonly ListedImage[],
  uses: Uses,
  { keep, before, now }: ImageRetention,
): ImagePrunePlan {
  const kept: KeptImage[] = [];
  const remove: ListedImage[] = [];
  const isOlder = ({ time }: ListedImage, than: number) => Date.parse(time) < than;
  let newer = 0;
  for (const image of images) {
    const isTagged = image.tags.length > 0;
    const reasons = [
      ...reasonsOf(image, uses),
      ...(isTagged && newer < keep ? [`newest ${keep}`] : []),
      ...(before !== undefined && !isOlder(image, before.getTime()) ? ["too new"] : []),
      ...(isTagged || isOlder(image, now.getTime() - LONGEST_PUBLISH) ? [] : ["its publish may go on"]),
    ];
    if (isTagged) newer += 1;
    if (reasons.length > 0) kept.push({ image, reasons });
    else remove.push(image);
  }
  return { remove, kept };
}

/** Who needs an image, by its digest or one of its tags. */
export function reasonsOf({ digest, tags }: ListedImage, uses: Uses): readonly string[] {
  return [...new Set([digest, ...tags].flatMap((name) => uses.get(name) ?? []))];
}
