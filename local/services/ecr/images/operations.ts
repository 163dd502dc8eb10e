import { text as textOfStream } from "node:stream/consumers";
import type { Place } from "../../../gateway/exchange";
import { EcrError } from "../error";
import type { Image, Images, RepositoryKey } from "./images";
import { type ImageCall, type ImageOperation, layerOperations } from "./layers";
import { pushImage } from "./push";
import { callEcr, findRepository } from "./repositories";

interface ImageId {
  readonly imageDigest?: string;
  readonly imageTag?: string;
}

/** @throws EcrError, also where there is no such repository. */
export async function runImageOperation(
  operation: string,
  { input, images, place, ask }: Omit<ImageCall, "key" | "repository"> & { readonly place: Place },
): Promise<object> {
  const run = imageOperations[operation];
  if (!run) throw new TypeError(`${operation} is no operation of images`);
  const name = String(input.repositoryName ?? "");
  const repository = await findRepository(ask, place, name);
  return await run({ input, images, key: { ...place, name }, repository, ask });
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Operations.html */
export const imageOperations: Readonly<Record<string, ImageOperation>> = {
  async PutImage({ input, images, key, repository }) {
    const tag = text(input.imageTag);
    const content = Buffer.from(String(input.imageManifest ?? ""));
    const pushed = {
      content,
      mediaType: text(input.imageManifestMediaType),
      tag,
      digest: text(input.imageDigest),
    };
    const { image, isNew } = await pushImage(images, key, repository, pushed);
    if (!isNew) {
      throw new EcrError(
        "ImageAlreadyExistsException",
        `Image with digest '${image.digest}' and tag '${tag}' already exists in the repository with name '${key.name}' in registry with id '${key.account}'`,
      );
    }
    const imageId = { imageDigest: image.digest, ...(tag === undefined ? {} : { imageTag: tag }) };
    return { image: await detailsOf(image, imageId, key, images) };
  },

  async BatchGetImage({ input, images, key }) {
    const found = idsOf(input).map((id) => ({ id, image: find(images, key, id) }));
    return {
      images: await Promise.all(
        found.flatMap(({ id, image }) =>
          image ? [detailsOf(image, { ...id, imageDigest: image.digest }, key, images)] : [],
        ),
      ),
      failures: found.flatMap(({ id, image }) => (image ? [] : [failureOf(id)])),
    };
  },

  BatchDeleteImage({ input, images, key }) {
    const imageIds: ImageId[] = [];
    const failures: object[] = [];
    for (const id of idsOf(input)) {
      const image = find(images, key, id);
      if (!image) {
        failures.push(failureOf(id));
        continue;
      }
      const tags = images.tags(key, image.digest);
      const isLast = id.imageDigest === undefined && tags.length === 1;
      const indexes = images
        .list(key)
        .filter(({ manifests }) => manifests.some((one) => one.digest === image.digest));
      if (id.imageDigest === undefined && id.imageTag !== undefined && !isLast) {
        images.untag(key, id.imageTag);
        imageIds.push({ imageDigest: image.digest, imageTag: id.imageTag });
      } else if (indexes.length > 0) {
        const names = indexes.map(({ digest }) => digest).join(", ");
        failures.push({
          imageId: id,
          failureCode: "ImageReferencedByManifestList",
          failureReason: `Requested image referenced by manifest list: [${names}]`,
        });
      } else {
        images.remove(key, image.digest);
        const removed = tags.map((imageTag) => ({ imageDigest: image.digest, imageTag }));
        imageIds.push(...(removed.length > 0 ? removed : [{ imageDigest: image.digest }]));
      }
    }
    return { imageIds, failures };
  },

  ListImages({ input, images, key }) {
    const ids = images.list(key).flatMap(({ digest }): ImageId[] => {
      const tags = images.tags(key, digest);
      return tags.length > 0
        ? tags.map((imageTag) => ({ imageDigest: digest, imageTag }))
        : [{ imageDigest: digest }];
    });
    const status = statusOf(input);
    return page(
      input,
      "imageIds",
      ids.filter(({ imageTag }) => status === "ANY" || (status === "TAGGED") === (imageTag !== undefined)),
    );
  },

  DescribeImages({ input, images, key }) {
    const ids = input.imageIds === undefined ? undefined : idsOf(input);
    const status = statusOf(input);
    const list = ids
      ? ids.map((id) => find(images, key, id) ?? notFound(id, key))
      : images
          .list(key)
          .filter(
            ({ digest }) => status === "ANY" || (status === "TAGGED") === images.tags(key, digest).length > 0,
          );
    return page(
      input,
      "imageDetails",
      list.map((image) => descriptionOf(image, key, images)),
    );
  },

  /** No scanner is emulated; the emulator's own findings are of images that it has not. */
  DescribeImageScanFindings({ input, images, key }) {
    const { digest } = imageOf(input, images, key);
    throw new EcrError(
      "ScanNotFoundException",
      `Image scan does not exist for the image with '{imageDigest:'${digest}'}' in the repository with name '${key.name}' in the registry with id '${key.account}'`,
    );
  },

  StartImageScan({ input, images, key }) {
    const { digest } = imageOf(input, images, key);
    throw new EcrError(
      "UnsupportedImageTypeException",
      `The local registry scans no images: ${digest} of ${key.name}`,
    );
  },

  ...layerOperations,

  /** Repositories are the emulator's, their images are not: it would delete one that is not empty. */
  async DeleteRepository({ input, images, key, ask }) {
    if (input.force !== true && images.list(key).length > 0) {
      throw new EcrError(
        "RepositoryNotEmptyException",
        `The repository with name '${key.name}' in registry with id '${key.account}' cannot be deleted because it still contains images`,
      );
    }
    const { account, region } = key;
    const deleted = await callEcr(ask, { account, region }, "DeleteRepository", input);
    images.removeRepository(key);
    return deleted;
  },
};

function idsOf(input: Readonly<Record<string, unknown>>): readonly ImageId[] {
  return Array.isArray(input.imageIds) ? input.imageIds : [];
}

/** Whoever gives a tag and a digest means the image that has both. */
function find(images: Images, key: RepositoryKey, { imageDigest, imageTag }: ImageId): Image | undefined {
  const image = imageTag === undefined ? undefined : images.tagged(key, imageTag);
  if (imageDigest === undefined) return image;
  return imageTag === undefined || image?.digest === imageDigest ? images.find(key, imageDigest) : undefined;
}

function imageOf(input: Readonly<Record<string, unknown>>, images: Images, key: RepositoryKey): Image {
  const id = (input.imageId ?? {}) as ImageId;
  return find(images, key, id) ?? notFound(id, key);
}

function failureOf(imageId: ImageId): object {
  return { imageId, failureCode: "ImageNotFound", failureReason: "Requested image not found" };
}

function notFound(
  { imageDigest = "null", imageTag = "null" }: ImageId,
  { name, account }: RepositoryKey,
): never {
  throw new EcrError(
    "ImageNotFoundException",
    `The image with imageId {imageDigest:'${imageDigest}', imageTag:'${imageTag}'} does not exist within the repository with name '${name}' in the registry with id '${account}'`,
  );
}

async function detailsOf(
  image: Image,
  imageId: ImageId,
  key: RepositoryKey,
  images: Images,
): Promise<object> {
  return {
    registryId: key.account,
    repositoryName: key.name,
    imageId,
    imageManifest: await textOfStream(images.blobs.read(image.digest)),
    imageManifestMediaType: image.mediaType,
  };
}

function descriptionOf(image: Image, key: RepositoryKey, images: Images): object {
  const tags = images.tags(key, image.digest);
  return {
    registryId: key.account,
    repositoryName: key.name,
    imageDigest: image.digest,
    ...(tags.length > 0 ? { imageTags: tags } : {}),
    imageSizeInBytes: image.blobs.slice(1).reduce((sum, { size }) => sum + size, 0),
    imagePushedAt: image.pushedAt,
    imageManifestMediaType: image.mediaType,
    ...(image.artifactType === undefined ? {} : { artifactMediaType: image.artifactType }),
    ...(image.pulledAt === undefined ? {} : { lastRecordedPullTime: image.pulledAt }),
    ...(image.subject === undefined ? {} : { subjectManifestDigest: image.subject }),
    imageStatus: "ACTIVE",
  };
}

function statusOf(input: Readonly<Record<string, unknown>>): string {
  return text((input.filter as { tagStatus?: unknown } | undefined)?.tagStatus) ?? "ANY";
}

/** One page of a list; the token is where the next one begins. */
function page(input: Readonly<Record<string, unknown>>, name: string, all: readonly object[]): object {
  const from = Number(input.nextToken ?? 0);
  const to = from + Number(input.maxResults ?? 100);
  return { [name]: all.slice(from, to), ...(to < all.length ? { nextToken: String(to) } : {}) };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
