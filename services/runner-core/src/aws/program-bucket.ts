import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { CachedProgram, ProgramStore } from "../program";

/** What instances read first: version and checksums. */
const CURRENT = "program.json";

/** What the name of an archive is; what is named otherwise is not ours to delete. */
const ARCHIVE = /^([0-9a-f]{64})\.tar\.gz$/;

/** Time that a download may take, in milliseconds. */
const DOWNLOAD_TIMEOUT = 120_000;

/** The program of the runner in a bucket: archives, each by its checksum, and which of them is the newest. */
export function programBucket(client: S3Client, Bucket: string): ProgramStore {
  return {
    async current() {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: CURRENT }));
        return JSON.parse((await Body?.transformToString()) ?? "") as CachedProgram;
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    async bring(url, sha256) {
      const folder = await mkdtemp(join(tmpdir(), "program-"));
      try {
        const file = join(folder, "archive");
        const digest = await download(url, file);
        if (digest.toString("hex") !== sha256) throw new Error(`${url} has not the checksum ${sha256}`);
        const Body = createReadStream(file);
        // S3 compares what arrives with it.
        const ChecksumSHA256 = digest.toString("base64");
        await client.send(new PutObjectCommand({ Bucket, Key: `${sha256}.tar.gz`, Body, ChecksumSHA256 }));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    async publish(program) {
      const Body = JSON.stringify(program);
      await client.send(
        new PutObjectCommand({ Bucket, Key: CURRENT, Body, ContentType: "application/json" }),
      );
    },
    async prune(kept) {
      let ContinuationToken: string | undefined;
      do {
        const { Contents = [], NextContinuationToken } = await client.send(
          new ListObjectsV2Command({ Bucket, ...(ContinuationToken ? { ContinuationToken } : {}) }),
        );
        for (const { Key = "" } of Contents) {
          const sha256 = ARCHIVE.exec(Key)?.[1];
          if (sha256 === undefined || kept.includes(sha256)) continue;
          await client.send(new DeleteObjectCommand({ Bucket, Key }));
        }
        ContinuationToken = NextContinuationToken;
      } while (ContinuationToken);
    },
  };
}

/** Downloads a file. @returns its SHA-256. */
async function download(url: string, file: string): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT) });
  if (!response.ok || !response.body) throw new Error(`${url} answers ${response.status}`);
  const hash = createHash("sha256");
  const hashed = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      hash.update(chunk);
      yield chunk;
    }
  };
  await pipeline(Readable.fromWeb(response.body as ReadableStream), hashed, createWriteStream(file));
  return hash.digest();
}
