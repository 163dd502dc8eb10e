import type { ListedImage } from "./ecr";
import type { Manifest } from "./manifest";

/** A repository's manifests by their digests, as {@link leftUntagged} reads them. */
type ReadManifest = (digest: string) => Promise<Manifest | undefined>;

/**
 * The images without a tag that stand for themselves: a publish that was killed has left them. What is about an image, and
 * the platforms of an index, have no tag either, and belong to what has one.
 *
 * @param tagged - images with a tag.
 * @param untagged - all that has none.
 */
export async function leftUntagged(
  tagged: readonly ListedImage[],
  untagged: readonly ListedImage[],
  read: ReadManifest,
): Promise<readonly ListedImage[]> {
  const alone: ListedImage[] = [];
  const parts = new Set<string>();
  for (const image of untagged) {
    const manifest = await read(image.digest);
    // Gone meanwhile, or about an image.
    if (manifest === undefined || manifest.subject !== undefined) continue;
    alone.push(image);
    for (const { digest } of manifest.children) parts.add(digest);
  }
  // An index names its platforms by digests; without one among the untagged there is none to look for.
  if (alone.length > 0) {
    for (const { digest } of tagged) {
      for (const child of (await read(digest))?.children ?? []) parts.add(child.digest);
    }
  }
  return alone.filter(({ digest }) => !parts.has(digest));
}
