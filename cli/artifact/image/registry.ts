import { setTimeout as sleep } from "node:timers/promises";
import { CliError, Interrupted } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { InputError } from "../../input/file";
import { parseJson } from "../../input/json";
import { interrupted } from "../../process/interrupts";
import { type Descriptor, digestOf, MANIFEST_TYPES, type Manifest, MEDIA, readManifest } from "./manifest";
import { referrersOf, withReferrer } from "./referrers-tag";
import { answerOf, type RegistryAnswer, refusalOf } from "./registry-answer";

/** Where a registry is, and how it is asked. */
export interface RegistryAddress {
  /** E.g. `https://123456789012.dkr.ecr.us-east-1.amazonaws.com`. */
  readonly url: string;

  /** Header of every request; undefined for a registry that asks for none. */
  readonly authorization: string | undefined;
}

/** Content of a blob: bytes, or a file that is read while it is sent. */
export type BlobContent = Uint8Array | Blob;

/** Tries of a request that a registry does not answer, or not rightly. */
const TRIES = 4;

/** Largest manifest that is read, in bytes: what registries take. */
const LARGEST_MANIFEST = 4 * 2 ** 20;

/**
 * One repository of a registry, by the distribution protocol. Everything is asked for by its digest, and checked by it.
 *
 * Why no library: those of npm that speak this protocol either only pull, or only attach signatures, and none copies an
 * image with its referrers.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
 */
export class ImageRepository {
  constructor(
    readonly registry: RegistryAddress,
    readonly name: string,
    private readonly pause = 500,

    /** Milliseconds within which an answer must begin; a blob that is sent takes as long as it takes. */
    private readonly patience = 60_000,
  ) {}

  /** Whether a blob is here. */
  async hasBlob(digest: string): Promise<boolean> {
    return (await this.ask("HEAD", `blobs/${digest}`, {}, [200, 404])).status === 200;
  }

  /** Content of a blob. @throws CliError when it is not that of its digest. */
  async blob(digest: string): Promise<Uint8Array> {
    const { body } = await this.ask("GET", `blobs/${digest}`, {}, [200]);
    if (digestOf(body) === digest) return body;
    throw this.altered(`blob ${digest}`, digestOf(body));
  }

  /**
   * Puts a blob here, unless it is.
   *
   * @param from - repository of the same registry that has it, which may save sending it.
   * @returns whether it was sent.
   */
  async putBlob(digest: string, content: () => Promise<BlobContent>, from?: string): Promise<boolean> {
    if (await this.hasBlob(digest)) return false;
    const mount = from === undefined ? "" : `?mount=${digest}&from=${encodeURIComponent(from)}`;
    // An upload that broke off begins anew: what was sent of it is forgotten by the registry.
    for (let attempt = 1; ; attempt += 1) {
      const begun = await this.ask("POST", `blobs/uploads/${mount}`, {}, [201, 202]);
      if (begun.status === 201) return false;
      const location = begun.headers.get("location");
      if (location === null) throw this.wrong("it named no place for an upload");
      const url = new URL(location, this.registry.url);
      url.searchParams.set("digest", digest);
      const answer = await this.once("PUT", url, {
        headers: { "content-type": "application/octet-stream" },
        body: await content(),
      });
      if (answer?.status === 201) return true;
      if (attempt >= TRIES || (answer && answer.status < 500 && answer.status !== 404)) {
        throw this.refused(`PUT blob ${digest}`, answer);
      }
      await this.wait(attempt);
    }
  }

  /**
   * A manifest by its digest, or by a tag.
   *
   * @returns undefined when it is not here. @throws CliError when its content is not that of its digest.
   */
  async manifest(reference: string): Promise<Manifest | undefined> {
    const answer = await this.ask("GET", `manifests/${reference}`, { headers: ACCEPT }, [200, 404]);
    if (answer.status === 404) return undefined;
    if (answer.body.length > LARGEST_MANIFEST)
      throw this.wrong(`manifest ${reference} has ${answer.body.length} bytes`);
    const expected = reference.includes(":") ? reference : undefined;
    try {
      return readManifest(answer.body, answer.headers.get("content-type") ?? "", expected);
    } catch (error) {
      if (error instanceof InputError) throw this.wrong(error.message);
      throw error;
    }
  }

  /** Puts a manifest here, by its digest, or by a tag, which moves it where the repository lets it. */
  async putManifest({ mediaType, content, digest, subject }: Manifest, tag?: string): Promise<void> {
    const { headers } = await this.ask(
      "PUT",
      `manifests/${tag ?? digest}`,
      { headers: { "content-type": mediaType }, body: content },
      [201],
    );
    const said = headers.get("docker-content-digest");
    if (said !== null && said !== digest) throw this.altered(`manifest ${digest}`, said);
    // A registry that does not say this keeps no list of referrers: it is kept in a tag then.
    if (subject && headers.get("oci-subject") === null) await this.noteReferrer(subject.digest, digest);
  }

  /** What is about an image: signatures and attestations. */
  async referrers(digest: string): Promise<readonly Descriptor[]> {
    const found: Descriptor[] = [];
    let path: string | undefined = `referrers/${digest}`;
    while (path !== undefined) {
      const answer: RegistryAnswer = await this.ask("GET", path, {}, [200, 404]);
      if (answer.status === 404) return this.taggedReferrers(digest);
      found.push(...this.readReferrers(answer.body));
      path = nextPage(answer.headers.get("link"), this.name);
    }
    return found;
  }

  private readReferrers(body: Uint8Array): readonly Descriptor[] {
    try {
      return referrersOf(parseJson(body));
    } catch (error) {
      if (error instanceof InputError) throw this.wrong(`its list of referrers: ${error.message}`);
      throw error;
    }
  }

  private async taggedReferrers(digest: string): Promise<readonly Descriptor[]> {
    const index = await this.manifest(digest.replace(":", "-"));
    return index?.children ?? [];
  }

  private async noteReferrer(subject: string, digest: string): Promise<void> {
    const [index, referrer] = [await this.manifest(subject.replace(":", "-")), await this.manifest(digest)];
    if (referrer === undefined) throw this.wrong(`it has lost manifest ${digest}`);
    const noted = withReferrer(index, referrer);
    if (noted) await this.putManifest(readManifest(noted, MEDIA.index), subject.replace(":", "-"));
  }

  /** Asks until there is an answer. @throws CliError for one with another status than is expected. */
  private async ask(
    method: string,
    path: string,
    request: RequestInit,
    expected: readonly number[],
  ): Promise<RegistryAnswer> {
    const url = new URL(`/v2/${this.name}/${path}`, this.registry.url);
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.once(method, url, request);
      if (answer && expected.includes(answer.status)) return answer;
      const passes = answer === undefined || answer.status === 429 || answer.status >= 500;
      if (!passes || attempt >= TRIES) throw this.refused(`${method} ${path.split("?", 1)[0]}`, answer);
      await this.wait(attempt);
    }
  }

  /** Asks once. @returns undefined when there is no answer. */
  private async once(method: string, url: URL, request: RequestInit): Promise<RegistryAnswer | undefined> {
    const { authorization } = this.registry;
    // Uploads may lead to another host, which is not to have the registry's token.
    const own = url.host === new URL(this.registry.url).host;
    const headers = { ...request.headers, ...(authorization && own ? { authorization } : {}) };
    const silent = new AbortController();
    const sends = request.body !== undefined;
    const timer = sends ? undefined : setTimeout(() => silent.abort(), this.patience);
    try {
      const signal = AbortSignal.any([interrupted, silent.signal]);
      const response = await fetch(url, { ...request, method, headers, signal });
      clearTimeout(timer);
      return await answerOf(response);
    } catch {
      if (interrupted.aborted) throw new Interrupted("what was sent stays, and the same command goes on");
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  private wait(attempt: number): Promise<void> {
    return sleep(this.pause * 2 ** (attempt - 1) * (0.75 + Math.random() / 2));
  }

  private get where(): string {
    return `at ${this.registry.url}, repository ${this.name}`;
  }

  private wrong(what: string): CliError {
    return new CliError(EXIT.FAILED, `the registry answered wrongly: ${what}`, this.where);
  }

  private altered(what: string, digest: string): CliError {
    return new CliError(
      EXIT.FAILED,
      `${what} came with the content of ${digest}`,
      this.where,
      "somebody changed it on the way, or in the registry: nothing was taken over",
    );
  }

  private refused(request: string, answer: RegistryAnswer | undefined): CliError {
    return refusalOf(request, answer, this.where, this.name);
  }
}

const ACCEPT = { accept: MANIFEST_TYPES.join(", ") };

/** Path of the next page within a repository. */
function nextPage(link: string | null, name: string): string | undefined {
  const [, target] = /<([^>]+)>\s*;\s*rel="?next"?/.exec(link ?? "") ?? [];
  if (target === undefined) return undefined;
  const { pathname, search } = new URL(target, "http://registry");
  const prefix = `/v2/${name}/`;
  return pathname.startsWith(prefix) ? `${pathname.slice(prefix.length)}${search}` : undefined;
}
