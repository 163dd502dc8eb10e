import { text as textOfStream } from "node:stream/consumers";
import type { Place } from "../../../gateway/exchange";
import type { Forward } from "../../../gateway/service";
import { EcrError } from "../error";
import type { Image, Images, RepositoryKey } from "./images";
import { DIGEST } from "./manifest";
import { pushImage } from "./push";
import { callEcr, findRepository, type Repository } from "./repositories";

/** What an operation of images is given. */
export interface ImageCall {
  readonly input: Readonly<Record<string, unknown>>;
  readonly images: Images;
  readonly key: RepositoryKey;
  readonly repository: Repository;
  readonly ask: Forward;
}

type ImageOperation = (call: ImageCall) => object | Promise<object>;

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

  BatchCheckLayerAvailability({ input, images, key }) {
    const digests = listOfTexts(input.layerDigests);
    return {
      layers: digests.map((layerDigest) =>
        images.hasBlob(key, layerDigest)
          ? { layerDigest, layerAvailability: "AVAILABLE", layerSize: images.blobs.sizeOf(layerDigest) }
          : { layerDigest, layerAvailability: "UNAVAILABLE" },
      ),
      failures: [],
    };
  },

  GetDownloadUrlForLayer({ input, images, key }) {
    const digest = String(input.layerDigest);
    if (!images.hasBlob(key, digest)) {
      throw new EcrError("LayersNotFoundException", `The layer with digest '${digest}' was not found`);
    }
    const host = `${key.account}.dkr.ecr.${key.region}.amazonaws.com`;
    return { downloadUrl: `https://${host}/v2/${key.name}/blobs/${digest}`, layerDigest: digest };
  },

  InitiateLayerUpload({ images, key }) {
    return { uploadId: images.blobs.begin(key.name), partSize: 20 * 2 ** 20 };
  },

  async UploadLayerPart({ input, images, key }) {
    const uploadId = String(input.uploadId);
    const received = images.blobs.received(uploadId, key.name) ?? noUpload(uploadId);
    if (input.partFirstByte !== undefined && input.partFirstByte !== received) {
      throw new EcrError(
        "InvalidLayerPartException",
        `The next byte is ${received}, and ${input.partFirstByte} was sent`,
      );
    }
    await images.blobs.append(uploadId, [Buffer.from(String(input.layerPartBlob), "base64")]);
    const lastByteReceived = (images.blobs.received(uploadId, key.name) ?? 0) - 1;
    return { registryId: key.account, repositoryName: key.name, uploadId, lastByteReceived };
  },

  async CompleteLayerUpload({ input, images, key }) {
    const uploadId = String(input.uploadId);
    const [layerDigest = ""] = listOfTexts(input.layerDigests);
    if (images.blobs.received(uploadId, key.name) === undefined) noUpload(uploadId);
    if (!DIGEST.test(layerDigest) || !(await images.blobs.complete(uploadId, layerDigest))) {
      throw new EcrError("InvalidLayerException", `The content has not the digest '${layerDigest}'`);
    }
    images.addBlob(key, layerDigest);
    return { registryId: key.account, repositoryName: key.name, uploadId, layerDigest };
  },

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

function noUpload(id: string): never {
  throw new EcrError("UploadNotFoundException", `The upload with id '${id}' was not found`);
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

function listOfTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
