import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { Artifact, ArtifactIndex, RemovedArtifact } from "./index-object";

/** A run that removes artifacts. */
export interface Remover {
  readonly id: string;
  readonly now: Date;
}

/** Milliseconds after which a run that has not ended is taken for one that has died. */
const DEAD = 15 * 60_000;

/** Removals of which the index tells, for whoever asks for one of them. */
const TOLD = 100;

/** Whether a version of an object was removed, or is about to be: then nobody may pin it, or publish it by that version. */
export function isRemoved({ removed = [] }: ArtifactIndex, versionId: string): boolean {
  return removed.some((one) => one.versionId === versionId);
}

/** What a run is removing, its own or one that has died. */
export function halfRemoved({ removed = [] }: ArtifactIndex): readonly RemovedArtifact[] {
  return removed.filter(({ by }) => by !== undefined);
}

/** @throws CliError while another run removes artifacts: what one takes back, the other would delete. */
export function refuseOther(index: ArtifactIndex, { id, now }: Remover): void {
  const other = halfRemoved(index).find(
    ({ by, removed }) => by !== id && now.getTime() - Date.parse(removed) < DEAD,
  );
  if (!other) return;
  const until = new Date(Date.parse(other.removed) + DEAD).toISOString();
  throw new CliError(
    EXIT.HELD,
    `another run removes artifacts of ${index.service}, since ${other.removed}`,
    `run it again when that has ended; one that has died is taken for dead at ${until}`,
  );
}

/**
 * Takes artifacts out of what can be pinned, before any of them is deleted: every publication of their versions.
 * What a dead run has left half removed becomes this run's.
 */
export function takenOut(index: ArtifactIndex, versionIds: ReadonlySet<string>, by: Remover): ArtifactIndex {
  refuseOther(index, by);
  const mark = { removed: by.now.toISOString(), by: by.id };
  const { artifacts, removed = [] } = index;
  return {
    ...index,
    artifacts: artifacts.filter(({ versionId }) => !versionIds.has(versionId)),
    removed: [
      ...removed.map((one) =>
        one.by !== undefined && versionIds.has(one.versionId) ? { ...one, ...mark } : one,
      ),
      ...artifacts.filter(({ versionId }) => versionIds.has(versionId)).map((one) => ({ ...one, ...mark })),
    ],
  };
}

/** What came of those that a run has taken out. */
export interface Ends {
  /** Versions whose objects are gone. */
  readonly gone: ReadonlySet<string>;

  /** Versions that can be pinned again. */
  readonly back: ReadonlySet<string>;
}

/** Notes what came of what a run has taken out; of another's, nothing. */
export function settled(index: ArtifactIndex, { gone, back }: Ends, { id }: Remover): ArtifactIndex {
  const { artifacts, removed = [] } = index;
  const isOwn = ({ by, versionId }: RemovedArtifact, those: ReadonlySet<string>) =>
    by === id && those.has(versionId);
  const returned = removed.filter((one) => isOwn(one, back)).map(publication);
  const left = removed.filter((one) => !isOwn(one, back));
  const told = left
    // Of several publications, the last tells enough.
    .filter((one, at) => !isOwn(one, gone) || !left.slice(at + 1).some((later) => isSame(one, later)))
    .map((one) => (isOwn(one, gone) ? { ...publication(one), removed: one.removed } : one));
  const old = told.filter(({ by }) => by === undefined).slice(0, -TOLD);
  return {
    ...index,
    artifacts: returned.reduce(inOrder, artifacts),
    removed: told.filter((one) => !old.includes(one)),
  };
}

function isSame(one: Artifact, other: Artifact): boolean {
  return one.versionId === other.versionId;
}

/** A publication without what was said of its removal. */
function publication({ removed: _, by: __, ...artifact }: RemovedArtifact): Artifact {
  return artifact;
}

/** Puts a publication back to its place: before those that came later. */
function inOrder(artifacts: readonly Artifact[], one: Artifact): readonly Artifact[] {
  // An artifact that was published anew meanwhile, as another version, takes its place.
  if (artifacts.some(({ sha256, versionId }) => sha256 === one.sha256 && versionId !== one.versionId))
    return artifacts;
  const later = artifacts.findIndex(({ time }) => time > one.time);
  return later < 0 ? [...artifacts, one] : artifacts.toSpliced(later, 0, one);
}

/** An index in which what is half removed can still be pinned: what it was before. */
export function asIfNothingWereTaken(index: ArtifactIndex): ArtifactIndex {
  const half = halfRemoved(index);
  return { ...index, artifacts: half.map(publication).reduce(inOrder, index.artifacts), removed: [] };
}
