import type { ListedImage } from "./ecr";
import type { Uses } from "./uses";

/** What stays though nobody needs it. */
export interface ImageRetention {
  /** Number of the newest images. */
  readonly keep: number;

  /** Images that were pushed later stay. @default - none for that alone */
  readonly before?: Date;
}

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
 * @param images - the last pushed first.
 */
export function imagePrunePlan(
  images: readonly ListedImage[],
  uses: Uses,
  { keep, before }: ImageRetention,
): ImagePrunePlan {
  const kept: KeptImage[] = [];
  const remove: ListedImage[] = [];
  for (const [at, image] of images.entries()) {
    const reasons = [
      ...reasonsOf(image, uses),
      ...(at < keep ? [`newest ${keep}`] : []),
      ...(before !== undefined && !(Date.parse(image.time) < before.getTime()) ? ["too new"] : []),
    ];
    if (reasons.length > 0) kept.push({ image, reasons });
    else remove.push(image);
  }
  return { remove, kept };
}

/** Who needs an image, by its digest or one of its tags. */
export function reasonsOf({ digest, tags }: ListedImage, uses: Uses): readonly string[] {
  return [...new Set([digest, ...tags].flatMap((name) => uses.get(name) ?? []))];
}
