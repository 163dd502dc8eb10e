import { DIGEST } from "../images/manifest";
import { RegistryError, sendEmpty } from "./answers";
import type { Call } from "./call";

/**
 * How a blob comes into a repository: mounted from another one, at once, or in pieces.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs
 */
export const uploadAnswers: Readonly<Record<string, (call: Call) => void | Promise<void>>> = {
  async "uploads POST"(call) {
    const { response, images, key, query, request } = call;
    const [mount, from, digest] = ["mount", "from", "digest"].map((name) => query.get(name));
    if (mount && from && images.hasBlob({ ...key, name: from }, mount)) {
      images.addBlob(key, mount);
      done(call, mount);
      return;
    }
    const id = images.blobs.begin(key.name);
    if (digest) {
      await images.blobs.append(id, request);
      await complete(call, id, digest);
      return;
    }
    sendEmpty(response, 202, progress(call, id));
  },

  "upload GET"(call) {
    received(call);
    sendEmpty(call.response, 204, progress(call, call.reference));
  },

  async "upload PATCH"(call) {
    await append(call);
    sendEmpty(call.response, 202, progress(call, call.reference));
  },

  async "upload PUT"(call) {
    const digest = call.query.get("digest") ?? "";
    if (!DIGEST.test(digest)) throw new RegistryError(400, "DIGEST_INVALID", `"${digest}" is no digest`);
    await append(call);
    await complete(call, call.reference, digest);
  },

  "upload DELETE"(call) {
    received(call);
    call.images.blobs.cancel(call.reference);
    sendEmpty(call.response, 204, {});
  },
};

function received({ images, key, reference }: Call): number {
  const size = images.blobs.received(reference, key.name);
  if (size === undefined)
    throw new RegistryError(404, "BLOB_UPLOAD_UNKNOWN", `there is no upload ${reference} to ${key.name}`);
  return size;
}

/** Takes the next piece; one that is out of order is refused. */
async function append(call: Call): Promise<void> {
  const size = received(call);
  const [, from] = /^(\d+)-\d+$/.exec(call.head.headers["content-range"] ?? "") ?? [];
  if (from !== undefined && Number(from) !== size) {
    throw new RegistryError(416, "BLOB_UPLOAD_INVALID", `the next byte is ${size}, and ${from} was sent`);
  }
  await call.images.blobs.append(call.reference, call.request);
}

async function complete(call: Call, id: string, digest: string): Promise<void> {
  if (!(await call.images.blobs.complete(id, digest))) {
    throw new RegistryError(400, "DIGEST_INVALID", `the content has not the digest ${digest}`);
  }
  call.images.addBlob(call.key, digest);
  done(call, digest);
}

function done({ response, key }: Call, digest: string): void {
  sendEmpty(response, 201, { location: `/v2/${key.name}/blobs/${digest}`, "docker-content-digest": digest });
}

function progress({ images, key }: Call, id: string): Readonly<Record<string, string>> {
  const size = images.blobs.received(id, key.name) ?? 0;
  return {
    location: `/v2/${key.name}/blobs/uploads/${id}`,
    range: `0-${Math.max(size - 1, 0)}`,
    "docker-upload-uuid": id,
  };
}
