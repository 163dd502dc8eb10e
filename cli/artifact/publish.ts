import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { endIfInterrupted } from "../process/interrupts";
import type { BuiltArtifact } from "./built";
import { type Artifact, artifactKey } from "./index-object";
import { isRemoved } from "./removal";
import type { ArtifactStore } from "./store";

/** Times that it is begun anew when somebody removes the artifact meanwhile. */
const ATTEMPTS = 5;

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
 * the next one finds and notes. So Ctrl-C ends it before each of the two. Of a version that `prune` removes meanwhile, the same bytes make another.
 *
 * @param now - the time that is noted.
 */
export async function publish(
  store: ArtifactStore,
  built: BuiltArtifact,
  now = new Date(),
): Promise<Published> {
  const { service, sha256, sourceCodeHash, commit, bytes } = built;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const index = await store.index(service);
    const known = index.artifacts.find((artifact) => artifact.sha256 === sha256);
    const isNew = !(known && (await store.has(known)));
    endIfInterrupted("nothing was published");
    const removed = (version: string) => isRemoved(index, version);
    const versionId = isNew ? await store.upload(service, built, removed) : known.versionId;
    endIfInterrupted("nothing was published: what was uploaded is not in the index");
    const artifact: Artifact = {
      sha256,
      sourceCodeHash,
      key: artifactKey(service, sha256),
      versionId,
      size: bytes.length,
      commit,
      time: now.toISOString(),
    };
    const noted = await store.add(service, artifact);
    const last = noted?.artifacts.at(-1);
    if (noted) return { artifact: last?.sha256 === sha256 ? last : artifact, isNew };
  }
  throw new CliError(
    EXIT.HELD,
    `${service} ${sha256.slice(0, 12)} was removed ${ATTEMPTS} times while it was published`,
    `at s3://${store.location.bucket}`,
    "run it again when no other run removes artifacts",
  );
}
