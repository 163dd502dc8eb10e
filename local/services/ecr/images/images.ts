import { Store } from "../../../files/store";
import type { Place } from "../../../gateway/exchange";
import { Blobs } from "./blobs";
import type { Manifest } from "./manifest";

/** An image, an index, or what is about one of them. */
export interface Image extends Manifest {
  readonly digest: string;

  /** Bytes of the manifest. */
  readonly size: number;

  /** Seconds since 1970. */
  readonly pushedAt: number;
  readonly pulledAt?: number;
}

/** What one repository holds. */
interface Content {
  /** Size of each blob that was pushed or mounted here. */
  readonly blobs: Record<string, number>;
  readonly images: Record<string, Image>;
  readonly tags: Record<string, string>;
}

/** A repository of one account and Region. */
export interface RepositoryKey extends Place {
  readonly name: string;
}

/** The images of all repositories: those that the registry is sent, and those that the API tells of. */
export class Images {
  readonly blobs: Blobs;
  readonly #store: Store<Record<string, Content>>;

  /** @param file - where the service keeps its state; undefined for memory only. */
  constructor(file: string | undefined) {
    this.#store = new Store(file?.replace(/\.json$/, "-images.json"), () => ({}));
    this.blobs = new Blobs(file?.replace(/\.json$/, "-images"));
  }

  /** The images of a repository, the oldest first. */
  list(key: RepositoryKey): readonly Image[] {
    return Object.values(this.#content(key).images);
  }

  find(key: RepositoryKey, digest: string): Image | undefined {
    return this.#content(key).images[digest];
  }

  tagged(key: RepositoryKey, tag: string): Image | undefined {
    const { tags, images } = this.#content(key);
    return images[tags[tag] ?? ""];
  }

  /** Tags of an image, or of all images, in order. */
  tags(key: RepositoryKey, digest?: string): readonly string[] {
    const all = Object.entries(this.#content(key).tags);
    return all.flatMap(([tag, of]) => (digest === undefined || of === digest ? [tag] : [])).sort();
  }

  hasBlob(key: RepositoryKey, digest: string): boolean {
    return digest in this.#content(key).blobs && this.blobs.has(digest);
  }

  addBlob(key: RepositoryKey, digest: string): void {
    this.#change(key, (content) => {
      content.blobs[digest] = this.blobs.sizeOf(digest);
    });
  }

  /** Puts an image, whose manifest is a blob already, and moves a tag to it. */
  put(key: RepositoryKey, image: Image, tag: string | undefined): void {
    this.#change(key, ({ images, tags }) => {
      images[image.digest] ??= image;
      if (tag !== undefined) tags[tag] = image.digest;
    });
  }

  pulled(key: RepositoryKey, digest: string, at: number): void {
    const image = this.find(key, digest);
    if (!image) return;
    this.#change(key, ({ images }) => {
      images[digest] = { ...image, pulledAt: at };
    });
  }

  untag(key: RepositoryKey, tag: string): void {
    this.#change(key, ({ tags }) => void delete tags[tag]);
  }

  /** Removes an image with its tags, and the blobs that no image of any repository needs. */
  remove(key: RepositoryKey, digest: string): void {
    const image = this.find(key, digest);
    if (!image) return;
    this.#change(key, ({ images, tags }) => {
      delete images[digest];
      for (const [tag, of] of Object.entries(tags)) if (of === digest) delete tags[tag];
    });
    this.#collect([digest, ...image.blobs.map((blob) => blob.digest)]);
  }

  removeRepository(key: RepositoryKey): void {
    const blobs = [...this.list(key).map(({ digest }) => digest), ...Object.keys(this.#content(key).blobs)];
    this.#store.change((document) => void delete document[nameOf(key)]);
    this.#collect(blobs);
  }

  reset(): void {
    this.#store.reset();
    this.blobs.reset();
  }

  #collect(candidates: readonly string[]): void {
    const contents = Object.values(this.#store.value);
    const needed = new Set(
      contents.flatMap(({ images }) =>
        Object.values(images).flatMap((image) => [image.digest, ...image.blobs.map(({ digest }) => digest)]),
      ),
    );
    const unneeded = candidates.filter((digest) => !needed.has(digest));
    this.#store.change(() => {
      for (const { blobs } of contents) for (const digest of unneeded) delete blobs[digest];
    });
    for (const digest of unneeded) this.blobs.remove(digest);
  }

  #content(key: RepositoryKey): Content {
    return this.#store.value[nameOf(key)] ?? { blobs: {}, images: {}, tags: {} };
  }

  #change(key: RepositoryKey, edit: (content: Content) => void): void {
    this.#store.change((document) => {
      const content = this.#content(key);
      edit(content);
      document[nameOf(key)] = content;
    });
  }
}

function nameOf({ account, region, name }: RepositoryKey): string {
  return `${account}/${region}/${name}`;
}
