import type { Forward } from "../../../gateway/service";
import { EcrError } from "../error";
import type { Images, RepositoryKey } from "./images";
import { DIGEST } from "./manifest";
import type { Repository } from "./repositories";

/** What an operation of images is given. */
export interface ImageCall {
  readonly input: Readonly<Record<string, unknown>>;
  readonly images: Images;
  readonly key: RepositoryKey;
  readonly repository: Repository;
  readonly ask: Forward;
}

export type ImageOperation = (call: ImageCall) => object | Promise<object>;

/** Layers one by one, as a client of the API pushes and pulls them. */
export const layerOperations: Readonly<Record<string, ImageOperation>> = {
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
};

function noUpload(id: string): never {
  throw new EcrError("UploadNotFoundException", `The upload with id '${id}' was not found`);
}

function listOfTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
