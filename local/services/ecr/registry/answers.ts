import type { ServerResponse } from "node:http";
import { EcrError } from "../error";

/** An error of the distribution protocol. */
export class RegistryError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** What ECR's API calls an error, and what its registry answers. */
const OF_API: Readonly<Record<string, readonly [number, string]>> = {
  RepositoryNotFoundException: [404, "NAME_UNKNOWN"],
  LayersNotFoundException: [400, "MANIFEST_BLOB_UNKNOWN"],
  ReferencedImagesNotFoundException: [400, "MANIFEST_BLOB_UNKNOWN"],
  ImageTagAlreadyExistsException: [400, "TAG_INVALID"],
  ImageDigestDoesNotMatchException: [400, "DIGEST_INVALID"],
  InvalidParameterException: [400, "MANIFEST_INVALID"],
};

const VERSION = { "docker-distribution-api-version": "registry/2.0" };

/** @throws what is no error of the registry. */
export function sendError(response: ServerResponse, error: unknown): void {
  const { status, code, message } = registryError(error);
  const challenge = status === 401 ? { "www-authenticate": CHALLENGE } : {};
  sendJson(response, status, { errors: [{ code, message }] }, { connection: "close", ...challenge });
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html */
const CHALLENGE = 'Basic realm="https://ecr.amazonaws.com/",service="ecr.amazonaws.com"';

function registryError(error: unknown): RegistryError {
  if (error instanceof RegistryError) return error;
  if (!(error instanceof EcrError)) throw error;
  const [status, code] = OF_API[error.code] ?? [400, "UNSUPPORTED"];
  return new RegistryError(status, code, error.message);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const content = JSON.stringify(body);
  response.writeHead(status, {
    ...VERSION,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(content),
    ...headers,
  });
  response.end(content);
}

export function sendEmpty(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string | number>>,
): void {
  response.writeHead(status, { ...VERSION, ...(status === 204 ? {} : { "content-length": 0 }), ...headers });
  response.end();
}
