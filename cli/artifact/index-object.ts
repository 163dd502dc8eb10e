import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { DamagedError } from "../input/damaged";
import { InputError } from "../input/file";
import { parseJson } from "../input/json";
import { schemaCheck } from "../input/schema";
import { INDEX_SCHEMA } from "./schema";

/** An artifact in the bucket. */
export interface Artifact {
  /** SHA-256 of the zip in hexadecimal digits. */
  readonly sha256: string;

  /** The same in Base64, as Lambda and S3 write it. */
  readonly sourceCodeHash: string;
  readonly key: string;

  /** Version of the object. */
  readonly versionId: string;

  /** Bytes of the zip. */
  readonly size: number;

  /** Commit that it was built from, with `+changes` when the folder differed from it. */
  readonly commit: string;

  /** When it was published, in ISO 8601. */
  readonly time: string;
}

/**
 * What is written beside the artifacts of a service: every publication, the newest last.
 *
 * An artifact that is published again, e.g. since a commit was reverted, stands in it once more, with the
 * commit and time of that publication: so the last is always what the newest build made.
 */
export interface ArtifactIndex {
  readonly format: 1;
  readonly service: string;
  readonly artifacts: readonly Artifact[];

  /** What `prune` removed, the last removed last, and what it is removing: nobody may pin it any more. */
  readonly removed?: readonly RemovedArtifact[];
}

/** An artifact that was removed. */
export interface RemovedArtifact extends Artifact {
  /** When it was, in ISO 8601. */
  readonly removed: string;

  /** The run that is about to delete its object; none when that is gone. */
  readonly by?: string;
}

/** Key of an artifact: by what it holds, so that it is never another. */
export function artifactKey(service: string, sha256: string): string {
  return `artifacts/${service}/${sha256}.zip`;
}

/** Key of a service's index. */
export function indexKey(service: string): string {
  return `index/${service}.json`;
}

/**
 * Adds a publication at the end. Those of the same hash with another object are taken out, for that object is gone.
 *
 * @returns the same index when the last is the same object from the same commit: another run was faster.
 */
export function withArtifact(index: ArtifactIndex, artifact: Artifact): ArtifactIndex {
  const { sha256: hash, versionId, commit } = artifact;
  const last = index.artifacts.at(-1);
  if (last?.sha256 === hash && last.versionId === versionId && last.commit === commit) return index;
  const others = index.artifacts.filter((one) => one.sha256 !== hash || one.versionId === versionId);
  return { ...index, artifacts: [...others, artifact] };
}

/** Each artifact once, by its last publication, in the order of these. */
export function lastPublications({ artifacts }: ArtifactIndex): readonly Artifact[] {
  const last = new Map(artifacts.map(({ sha256 }, at) => [sha256, at]));
  return artifacts.filter(({ sha256 }, at) => last.get(sha256) === at);
}

/**
 * Whether an artifact was last published before another one: then it is older, and to deploy it goes back.
 * What is in no index is nothing's elder.
 */
export function isOlder(index: ArtifactIndex, sha256: string, than: string): boolean {
  const order = lastPublications(index).map((one) => one.sha256);
  return order.includes(sha256) && order.indexOf(sha256) < order.indexOf(than);
}

/**
 * The artifact that somebody means: a hash or its beginning, the beginning of a commit, or a version of an object.
 *
 * @throws CliError when none or several are meant.
 */
export function artifactNamed(index: ArtifactIndex, name: string): Artifact {
  const found = index.artifacts.filter(isMeant(name));
  const hashes = new Set(found.map(({ sha256 }) => sha256));
  const one = found.at(-1);
  if (one && hashes.size === 1) return one;
  if (!one) refuseRemoved(index, name);
  throw new CliError(
    EXIT.USAGE,
    `${hashes.size === 0 ? "no artifact" : `${hashes.size} artifacts`} of ${index.service} named ${JSON.stringify(name)}`,
    others(index),
  );
}

/** What may be written instead of a name. */
function others(index: ArtifactIndex): string {
  const known = lastPublications(index)
    .map(({ sha256 }) => sha256.slice(0, 12))
    .reverse();
  return known.length === 0
    ? `publish one: npx groundplan artifact publish ${index.service}`
    : `use 4 or more characters of one of ${known.slice(0, 5).join(", ")}${known.length > 5 ? ", …" : ""}`;
}

/** @throws CliError when the artifact that somebody means was removed. */
function refuseRemoved(index: ArtifactIndex, name: string): void {
  const meant = isMeant(name);
  const one = index.removed?.findLast(meant);
  if (!one) return;
  const { service } = index;
  const [commit = ""] = one.commit.split("+");
  const again = /^[0-9a-f]{40,64}$/.test(commit)
    ? `git checkout ${commit.slice(0, 12)} && npx groundplan artifact publish ${service}`
    : `npx groundplan artifact publish ${service} from the source that it was built from`;
  const short = one.sha256.slice(0, 12);
  if (one.by === undefined) {
    throw new CliError(
      EXIT.USAGE,
      `artifact ${short} of ${service} was removed on ${one.removed.slice(0, 10)}: no environment needed it`,
      `build and publish it again: ${again}`,
      others(index),
    );
  }
  throw new CliError(
    EXIT.HELD,
    `artifact ${short} of ${service} is being removed, since ${one.removed}`,
    "where that run has died, the next prune ends it, or takes it back if it is needed: npx groundplan artifact prune",
    `or publish it again: ${again}`,
    others(index),
  );
}

function isMeant(name: string) {
  return ({ sha256, commit, versionId }: Artifact): boolean =>
    versionId === name || (name.length >= 4 && (sha256.startsWith(name) || commit.startsWith(name)));
}

const checkShape = schemaCheck<ArtifactIndex>(INDEX_SCHEMA);

/**
 * Reads an index, with all that it lists: what is read wrongly would be deployed, or deleted.
 *
 * @throws DamagedError when it is none, or one of a later Groundplan.
 */
export function parseIndex(content: string | Uint8Array, where: string): ArtifactIndex {
  try {
    const value = parseJson(content);
    const { format } = (value ?? {}) as Partial<ArtifactIndex>;
    if (format !== 1)
      throw new InputError(`its format is ${JSON.stringify(format) ?? "not said"}, and 1 is known`);
    const index = checkShape(value);
    for (const [at, one] of [...index.artifacts, ...(index.removed ?? [])].entries()) {
      checkIdentity(one, artifactKey(index.service, one.sha256), `artifact ${at}: `);
    }
    return index;
  } catch (error) {
    if (error instanceof InputError) throw damagedIndex(error.message, where);
    throw error;
  }
}

/** The error of an index that cannot be read. */
export function damagedIndex(why: string, where: string): DamagedError {
  const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)\/(.+)$/.exec(where) ?? [];
  return new DamagedError(
    EXIT.FAILED,
    `the index cannot be read: ${why}`,
    `at ${where}`,
    "take back an earlier version of it in S3, or use the Groundplan that wrote it",
    `its versions: aws s3api list-object-versions --bucket ${bucket} --prefix ${key}`,
  );
}

/**
 * An artifact lies where its content says: what is named after one hash and holds another would be deployed as if it
 * were the first, and a key of somebody else's would be deleted for it.
 *
 * @throws InputError when it does not.
 */
export function checkIdentity(
  { sha256, sourceCodeHash, key }: Pick<Artifact, "sha256" | "sourceCodeHash" | "key">,
  expected = `artifacts/${key.split("/")[1]}/${sha256}.zip`,
  what = "",
): void {
  if (Buffer.from(sha256, "hex").toString("base64") !== sourceCodeHash)
    throw new InputError(`${what}sourceCodeHash is not of the same content as sha256 ${sha256.slice(0, 12)}`);
  if (key !== expected) throw new InputError(`${what}key ${JSON.stringify(key)} is not ${expected}`);
}
