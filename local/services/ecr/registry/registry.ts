import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { type Place, queryOf, type RequestHead, readBody } from "../../../gateway/exchange";
import type { Forward } from "../../../gateway/service";
import type { Images } from "../images/images";
import { DIGEST } from "../images/manifest";
import { pushImage } from "../images/push";
import { callEcr, findRepository, type Repository } from "../images/repositories";
import { now } from "../input";
import { RegistryError, sendEmpty, sendError, sendJson } from "./answers";
import type { Call } from "./call";
import { registryOf, routeOf } from "./route";
import { uploadAnswers } from "./uploads";

/** Largest manifest in bytes: 4 MiB, as ECR takes it. */
const LARGEST_MANIFEST = 4 * 2 ** 20;

type Answer = (call: Call) => void | Promise<void>;

/** What is answered, by the kind of the path and the method; ECR takes images out by its API alone. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  "manifest GET": getManifest,
  "manifest HEAD": getManifest,
  "manifest PUT": putManifest,
  "blob GET": getBlob,
  "blob HEAD": getBlob,
  "tags GET": listTags,
  "referrers GET": listReferrers,
  ...uploadAnswers,
};

/**
 * Answers Docker's clients: the distribution protocol, on the images that ECR's API tells of.
 *
 * @param of - the place of the client's token; undefined for one that is not known.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
 */
export async function answerRegistry(
  images: Images,
  of: Place | undefined,
  head: RequestHead,
  request: IncomingMessage,
  response: ServerResponse,
  ask: Forward,
): Promise<void> {
  try {
    if (!of)
      throw new RegistryError(
        401,
        "UNAUTHORIZED",
        "Your authorization token is unknown or has expired. Reauthenticate and try again.",
      );
    const place = registryOf(head.url, head.headers.host) ?? of;
    const route = routeOf(head.url);
    if (route.kind === "base") return sendJson(response, 200, {});
    if (route.kind === "catalog") return await listRepositories(response, place, ask);
    if (route.kind === "unknown") throw new RegistryError(404, "NAME_UNKNOWN", `there is no ${head.url}`);
    const answer = ANSWERS[`${route.kind} ${head.method}`];
    if (!answer)
      throw new RegistryError(405, "UNSUPPORTED", `${head.method} is not supported for a ${route.kind}`);
    const repository = await findRepository(ask, place, route.name);
    const reference = "reference" in route ? route.reference : "";
    const key = { account: place.account, region: place.region, name: route.name };
    await answer({ head, request, response, images, key, repository, reference, query: queryOf(head.url) });
  } catch (error) {
    if (response.headersSent) throw error;
    sendError(response, error);
  }
}

async function getManifest({ head, response, images, key, reference }: Call): Promise<void> {
  const image = reference.includes(":") ? images.find(key, reference) : images.tagged(key, reference);
  if (!image)
    throw new RegistryError(404, "MANIFEST_UNKNOWN", `Requested image not found: ${key.name} ${reference}`);
  response.writeHead(200, {
    "docker-distribution-api-version": "registry/2.0",
    "docker-content-digest": image.digest,
    "content-type": image.mediaType,
    "content-length": image.size,
  });
  if (head.method === "HEAD") {
    response.end();
    return;
  }
  images.pulled(key, image.digest, now());
  await pipeline(images.blobs.read(image.digest), response);
}

async function putManifest({
  head,
  request,
  response,
  images,
  key,
  repository,
  reference,
}: Call): Promise<void> {
  if (Number(head.headers["content-length"] ?? 0) > LARGEST_MANIFEST) {
    throw new RegistryError(413, "MANIFEST_INVALID", `a manifest has at most ${LARGEST_MANIFEST} bytes`);
  }
  const isDigest = reference.includes(":");
  const { image } = await pushImage(images, key, repository, {
    content: await readBody(request),
    mediaType: head.headers["content-type"]?.split(";", 1)[0],
    tag: isDigest ? undefined : reference,
    digest: isDigest ? reference : undefined,
  });
  sendEmpty(response, 201, {
    location: `/v2/${key.name}/manifests/${image.digest}`,
    "docker-content-digest": image.digest,
    ...(image.subject === undefined ? {} : { "oci-subject": image.subject }),
  });
}

async function getBlob({ head, response, images, key, reference }: Call): Promise<void> {
  if (!DIGEST.test(reference) || !images.hasBlob(key, reference)) {
    throw new RegistryError(404, "BLOB_UNKNOWN", `blob ${reference} is not in ${key.name}`);
  }
  const size = images.blobs.sizeOf(reference);
  const [, from = "", to = ""] = /^bytes=(\d+)-(\d*)$/.exec(head.headers.range ?? "") ?? [];
  const isPart = from !== "" && head.method === "GET";
  const start = isPart ? Number(from) : 0;
  const end = isPart && to !== "" ? Math.min(Number(to), size - 1) : size - 1;
  if (isPart && start > end)
    throw new RegistryError(416, "RANGE_INVALID", `blob ${reference} has ${size} bytes`);
  response.writeHead(isPart ? 206 : 200, {
    "docker-distribution-api-version": "registry/2.0",
    "docker-content-digest": reference,
    "content-type": "application/octet-stream",
    "accept-ranges": "bytes",
    "content-length": end - start + 1,
    ...(isPart ? { "content-range": `bytes ${start}-${end}/${size}` } : {}),
  });
  if (head.method === "HEAD" || size === 0) response.end();
  else await pipeline(images.blobs.read(reference, { start, end }), response);
}

function listTags({ response, images, key, query }: Call): void {
  const limit = Number(query.get("n") ?? Number.POSITIVE_INFINITY);
  const after = images.tags(key).filter((tag) => tag > (query.get("last") ?? ""));
  const tags = after.slice(0, limit);
  const isMore = tags.length > 0 && tags.length < after.length;
  const next = `</v2/${key.name}/tags/list?n=${limit}&last=${tags.at(-1)}>; rel="next"`;
  sendJson(response, 200, { name: key.name, tags }, isMore ? { link: next } : {});
}

/** What is about an image: signatures, attestations, SBOMs. */
function listReferrers({ response, images, key, reference, query }: Call): void {
  if (!DIGEST.test(reference)) throw new RegistryError(400, "DIGEST_INVALID", `${reference} is no digest`);
  const type = query.get("artifactType");
  const manifests = images
    .list(key)
    .filter(({ subject, artifactType }) => subject === reference && (type === null || artifactType === type))
    .map(({ mediaType, digest, size, artifactType, annotations }) => ({
      mediaType,
      digest,
      size,
      artifactType,
      annotations,
    }));
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const filtered: Record<string, string> = type === null ? {} : { "oci-filters-applied": "artifactType" };
  sendJson(
    response,
    200,
    { schemaVersion: 2, mediaType, manifests },
    { "content-type": mediaType, ...filtered },
  );
}

async function listRepositories(response: ServerResponse, place: Place, ask: Forward): Promise<void> {
  const { repositories } = await callEcr(ask, place, "DescribeRepositories", {});
  const names = (repositories as Repository[]).map(({ repositoryName }) => repositoryName);
  sendJson(response, 200, { repositories: names.sort() });
}
