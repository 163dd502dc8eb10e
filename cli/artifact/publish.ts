import type { BuiltArtifact } from "./build";
import { type Artifact, artifactKey } from "./index-object";
import type { ArtifactStore } from "./store";

/** What a publish came to. */
export interface Published {
  readonly artifact: Artifact;

  /** Whether something was uploaded or noted; `false` when the hash was known. */
  readonly isNew: boolean;
}

/**
 * Publishes an artifact: uploads it when its hash is new, and notes it in the index.
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
  if (known && (await store.has(known))) return { artifact: known, isNew: false };
  const versionId = await store.upload(service, built);
  const artifact: Artifact = {
    sha256,
    sourceCodeHash,
    key: artifactKey(service, sha256),
    versionId,
    size: bytes.length,
    commit,
    time: now.toISOString(),
  };
  await store.add(service, artifact);
  return { artifact, isNew: true };
}
