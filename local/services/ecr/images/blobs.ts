import { createHash, type Hash, randomUUID } from "node:crypto";
import { createReadStream, existsSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { appendTo, privateFolder, temporaryFolder } from "../../../files/private";

/** A blob that is being uploaded. */
interface Upload {
  readonly repository: string;
  readonly path: string;
  readonly hash: Hash;
  size: number;
}

/** The layers, configurations and manifests of all images, each in a file that its digest names. */
export class Blobs {
  readonly #given: string | undefined;
  #folder: string | undefined;
  readonly #uploads = new Map<string, Upload>();

  /** @param folder - where they are kept; undefined for a folder that goes with this process. */
  constructor(folder: string | undefined) {
    this.#given = folder;
  }

  has(digest: string): boolean {
    return existsSync(this.#pathOf(digest));
  }

  sizeOf(digest: string): number {
    return statSync(this.#pathOf(digest)).size;
  }

  /** Reads a blob, or a range of it. @param end - inclusive. */
  read(digest: string, range: { readonly start?: number; readonly end?: number } = {}): Readable {
    return createReadStream(this.#pathOf(digest), range);
  }

  remove(digest: string): void {
    rmSync(this.#pathOf(digest), { force: true });
  }

  /** Begins an upload. @returns its id. */
  begin(repository: string): string {
    const id = randomUUID();
    this.#uploads.set(id, {
      repository,
      path: join(this.#inside("uploads"), id),
      hash: createHash("sha256"),
      size: 0,
    });
    return id;
  }

  /** Bytes that an upload has so far; undefined where there is no such upload of that repository. */
  received(id: string, repository: string): number | undefined {
    const upload = this.#uploads.get(id);
    return upload?.repository === repository ? upload.size : undefined;
  }

  async append(id: string, content: AsyncIterable<Buffer> | readonly Buffer[]): Promise<void> {
    const upload = this.#uploads.get(id);
    if (!upload) throw new TypeError(`no upload ${id}`);
    for await (const chunk of content) {
      await appendTo(upload.path, chunk);
      upload.hash.update(chunk);
      upload.size += chunk.length;
    }
  }

  /** Ends an upload. @returns whether its content has that digest; else it is gone. */
  async complete(id: string, digest: string): Promise<boolean> {
    const upload = this.#uploads.get(id);
    if (!upload) return false;
    // An empty blob has no file yet.
    await this.append(id, [Buffer.alloc(0)]);
    this.#uploads.delete(id);
    if (`sha256:${upload.hash.digest("hex")}` === digest) {
      renameSync(upload.path, this.#pathOf(digest));
      return true;
    }
    rmSync(upload.path, { force: true });
    return false;
  }

  cancel(id: string): void {
    const upload = this.#uploads.get(id);
    if (upload) rmSync(upload.path, { force: true });
    this.#uploads.delete(id);
  }

  /** Puts content that is at hand. @returns its digest. */
  async put(content: Buffer): Promise<string> {
    const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
    const id = this.begin("");
    await this.append(id, [content]);
    await this.complete(id, digest);
    return digest;
  }

  reset(): void {
    this.#uploads.clear();
    const folder = this.#folder ?? this.#given;
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    this.#folder = undefined;
  }

  #pathOf(digest: string): string {
    return join(this.#inside("sha256"), digest.replace(/^sha256:/, ""));
  }

  #inside(name: string): string {
    if (this.#folder === undefined) {
      this.#folder = this.#given ?? temporary();
      // What an earlier process was sent and never whole.
      rmSync(join(this.#folder, "uploads"), { recursive: true, force: true });
      for (const one of ["", "uploads", "sha256"]) privateFolder(join(this.#folder, one));
    }
    return join(this.#folder, name);
  }
}

function temporary(): string {
  const folder = temporaryFolder("groundplan-images");
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
