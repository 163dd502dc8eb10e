import {
  BatchDeleteImageCommand,
  ECRClient,
  type ImageDetail,
  paginateDescribeImages,
} from "@aws-sdk/client-ecr";
import { nameOf, unreachable } from "../aws/errors";

/** Images that one call deletes at most. */
const MOST = 100;

/**
 * Deletes the images of a preview: those of the previews' repository whose tag is its name and a commit.
 *
 * @returns the tags.
 */
export async function deleteImages(
  repositoryName: string,
  region: string,
  name: string,
): Promise<readonly string[]> {
  return deleteOf(repositoryName, region, (images) => tagsOf(images, name));
}

/**
 * Deletes the oldest images of a preview, by the time at which they were pushed.
 *
 * @param keep - how many stay. @param running - reference of the one that runs: it stays however old it is.
 * @returns the tags.
 */
export async function trimImages(
  repositoryName: string,
  region: string,
  { name, keep, running }: { readonly name: string; readonly keep: number; readonly running: string },
): Promise<readonly string[]> {
  return deleteOf(repositoryName, region, (images) => outdatedTags(images, { name, keep, running }));
}

/** What is judged of an image. */
export type PushedImage = Pick<ImageDetail, "imageTags" | "imagePushedAt">;

/** Tags of the images of a preview that are too many: all but the newest, and never that of the image that runs. */
export function outdatedTags(
  images: readonly PushedImage[],
  { name, keep, running }: { readonly name: string; readonly keep: number; readonly running: string },
): readonly string[] {
  const newest = [...images].sort(
    (one, other) => (other.imagePushedAt?.getTime() ?? 0) - (one.imagePushedAt?.getTime() ?? 0),
  );
  const own = newest.filter((image) => tagsOf([image], name).length > 0);
  return tagsOf(own.slice(keep), name).filter((tag) => !running.endsWith(`:${tag}`));
}

/** The tag of another preview may begin with this one's name: the rest is a commit, and nothing else. */
function tagsOf(images: readonly PushedImage[], name: string): readonly string[] {
  const own = new RegExp(`^${name}-[0-9a-f]{7,40}$`);
  return images.flatMap(({ imageTags = [] }) => imageTags.filter((tag) => own.test(tag)));
}

async function deleteOf(
  repositoryName: string,
  region: string,
  choose: (images: readonly PushedImage[]) => readonly string[],
): Promise<readonly string[]> {
  const ecr = new ECRClient({ region });
  try {
    const images: PushedImage[] = [];
    const pages = paginateDescribeImages(
      { client: ecr, pageSize: 1000 },
      { repositoryName, filter: { tagStatus: "TAGGED" } },
    );
    for await (const { imageDetails = [] } of pages) images.push(...imageDetails);
    // By the tag alone: an image that another preview has too stays for that one.
    const tags = choose(images);
    for (let at = 0; at < tags.length; at += MOST) {
      const imageIds = tags.slice(at, at + MOST).map((imageTag) => ({ imageTag }));
      await ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds }));
    }
    return tags;
  } catch (error) {
    if (nameOf(error) === "RepositoryNotFoundException") return [];
    throw unreachable(error);
  }
}
