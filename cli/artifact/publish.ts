import type { BuiltArtifact } from "./build";
import { type Artifact, artifactKey } from "./index-object";
import type { ArtifactStore } from "./store";

/** What a publish came to. */
export interface Published {
  readonly artifact: Artifact;

  /** Whether it was uploaded; `false` when the hash was known, and only this publication was noted. */
  readonly isNew: boolean;
}

/**
 * Publishes an artifact: uploads it when its hash is new, and notes the publication at the end of the index.
 * So the newest of the index is what was published last, also when it is an old hash again.
 *
 * The object comes first. A run that ends between the two leaves an object that nothing refers to, which
 * the next one finds and notes.
 *
 * @param now - the time that is noted.
 */
export async function publish(
  store: ArtifactStore,
  built: BuiltArtifact,
  now = new Date(),
): Promise<Published> {
  const { service, sha256, sourceCodeHash, commit, bytes } = built;
  const { artifacts } = await store.index(service);
  const known = artifacts.find((artifact) => artifact.sha256 === sha256);
  const isNew = !(known && (await store.has(known)));
  const versionId = isNew ? await store.upload(service, built) : known.versionId;
  const artifact: Artifact = {
    sha256,
    sourceCodeHash,
    key: artifactKey(service, sha256),
    versionId,
    size: bytes.length,
    commit,
    time: now.toISOString(),
  };
  const noted = (await store.add(service, artifact)).artifacts.at(-1);
  return { artifact: noted?.sha256 === sha256 ? noted : artifact, isNew };
}
