import {
  BatchDeleteImageCommand,
  ECRClient,
  type ImageIdentifier,
  ListImagesCommand,
  type ListImagesCommandOutput,
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
  const ecr = new ECRClient({ region });
  // The tag of another preview may begin with this one's name: the rest is a commit, and nothing else.
  const own = new RegExp(`^${name}-[0-9a-f]{7,40}$`);
  const images: ImageIdentifier[] = [];
  let token: string | undefined;
  try {
    do {
      const page: ListImagesCommandOutput = await ecr.send(
        new ListImagesCommand({
          repositoryName,
          filter: { tagStatus: "TAGGED" },
          ...(token === undefined ? {} : { nextToken: token }),
        }),
      );
      images.push(...(page.imageIds ?? []).filter(({ imageTag }) => own.test(imageTag ?? "")));
      token = page.nextToken;
    } while (token !== undefined);
    // By the tag alone: an image that another preview has too stays for that one.
    const tags = images.flatMap(({ imageTag }) => (imageTag === undefined ? [] : [{ imageTag }]));
    for (let at = 0; at < tags.length; at += MOST) {
      await ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds: tags.slice(at, at + MOST) }));
    }
    return tags.map(({ imageTag }) => imageTag);
  } catch (error) {
    if (nameOf(error) === "RepositoryNotFoundException") return [];
    throw unreachable(error);
  }
}
