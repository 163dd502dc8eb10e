import { createHash } from "node:crypto";
import type { Answer, Asked } from "./http";

interface ObjectVersion {
  readonly id: string;
  readonly body: Buffer;
  readonly sha256: string;
}

/**
 * Objects of a bucket that keeps versions, as far as artifacts need them: conditional writes, checksums, versions.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export class Objects {
  private readonly versions = new Map<string, ObjectVersion[]>();
  private written = 0;

  /** The bytes of an object at a version. */
  at(path: string, version: string): Buffer | undefined {
    return this.find(path, version)?.body;
  }

  answer({ method, url: { pathname: path, searchParams }, headers, body }: Asked): Answer {
    const version = searchParams.get("versionId") ?? undefined;
    if (method === "PUT") return this.put(path, headers, body);
    if (method === "DELETE") {
      const left = (this.versions.get(path) ?? []).filter(({ id }) => id !== version);
      this.versions.set(path, left);
      return { status: 204 };
    }
    const found = this.find(path, version);
    if (!found) return refused(404, version === undefined ? "NoSuchKey" : "NoSuchVersion", method);
    const checksum = headers["x-amz-checksum-mode"] ? { "x-amz-checksum-sha256": found.sha256 } : {};
    return {
      status: 200,
      headers: { etag: etagOf(found), "x-amz-version-id": found.id, ...checksum },
      ...(method === "HEAD" ? {} : { body: found.body.toString() }),
    };
  }

  private find(path: string, version: string | undefined): ObjectVersion | undefined {
    const all = this.versions.get(path) ?? [];
    return version === undefined ? all.at(-1) : all.find(({ id }) => id === version);
  }

  private put(path: string, headers: Asked["headers"], body: Buffer): Answer {
    const last = this.find(path, undefined);
    if (headers["if-none-match"] === "*" && last) return refused(412, "PreconditionFailed");
    const match = headers["if-match"];
    if (match !== undefined && !last) return refused(404, "NoSuchKey");
    if (match !== undefined && last && match !== etagOf(last)) return refused(412, "PreconditionFailed");
    const sha256 = createHash("sha256").update(body).digest("base64");
    const sent = headers["x-amz-checksum-sha256"];
    if (sent !== undefined && sent !== sha256) return refused(400, "BadDigest");
    this.written += 1;
    const made = { id: `v${this.written}`, body, sha256 };
    this.versions.set(path, [...(this.versions.get(path) ?? []), made]);
    return { status: 200, headers: { etag: etagOf(made), "x-amz-version-id": made.id } };
  }
}

function etagOf({ body }: ObjectVersion): string {
  return `"${createHash("md5").update(body).digest("hex")}"`;
}

function refused(status: number, code: string, method = "PUT"): Answer {
  if (method === "HEAD") return { status };
  const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  return { status, headers: { "content-type": "application/xml" }, body };
}
