import { EXIT } from "../console/exit-codes";
import { DamagedError } from "../input/damaged";
import { InputError } from "../input/file";
import { parseJson } from "../input/json";
import { schemaCheck } from "../input/schema";
import { type Artifact, checkIdentity } from "./index-object";
import { PIN_SCHEMA } from "./schema";

/** What the SSM parameter of an environment says: which artifact it runs, and which it ran before. */
export interface Pin {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
  readonly sourceCodeHash: string;
  readonly sha256: string;
  readonly commit: string;

  /** When it was pinned, in ISO 8601. */
  readonly time: string;

  /**
   * Version of the function that keeps the rest of the traffic while this artifact is tried, or all of it until it is
   * accepted; empty when none does.
   */
  readonly stableVersion: string;

  /** Share of the traffic that this artifact gets then, 0.01 to 0.99; 0 when it gets all, or none beside a {@link stableVersion}. */
  readonly weight: number;

  /** Hashes of what ran before, the last one first: what a rollback goes back to. */
  readonly before: readonly string[];
}

/** Artifacts that a pin remembers: a parameter of the standard tier holds 4 KB. */
const REMEMBERED = 20;

/** A step by step switch: a version of the function and the share that the new one gets. */
export interface Split {
  readonly stableVersion: string;
  readonly weight: number;
}

/** The pin of a new artifact over the one before it. */
export function pinned(
  bucket: string,
  artifact: Artifact,
  last: Pin | undefined,
  now: Date,
  split: Split | undefined = undefined,
): Pin {
  return write(bucket, artifact, beforeOf(artifact, last), now, split);
}

/**
 * The pin after a rollback, to what ran before or to another. What was rolled back is not remembered, nor what
 * ran after the artifact: a second rollback goes further back, and not forward again.
 */
export function rolledBack(bucket: string, artifact: Artifact, last: Pin, now: Date): Pin {
  const at = last.before.indexOf(artifact.sha256);
  return write(bucket, artifact, last.before.slice(at + 1), now);
}

function write(
  bucket: string,
  { key, versionId, sourceCodeHash, sha256, commit }: Artifact,
  before: readonly string[],
  now: Date,
  split?: Split,
): Pin {
  const { stableVersion, weight } = split ?? { stableVersion: "", weight: 0 };
  const time = now.toISOString();
  return { bucket, key, versionId, sourceCodeHash, sha256, commit, time, stableVersion, weight, before };
}

/** Whether a pin gives its artifact to some callers only, or to none yet. */
export function isTried({ stableVersion, weight }: Pick<Pin, "stableVersion" | "weight">): boolean {
  return stableVersion !== "" || weight > 0;
}

function beforeOf({ sha256 }: Artifact, last: Pin | undefined): readonly string[] {
  if (!last) return [];
  // The same artifact again, e.g. with all the traffic: what ran before it stays what it was.
  // And what was only tried, and not yet given all the traffic, is nothing to go back to.
  if (last.sha256 === sha256 || isTried(last)) return last.before.filter((one) => one !== sha256);
  const before = last.before.filter((one) => one !== last.sha256 && one !== sha256);
  return [last.sha256, ...before].slice(0, REMEMBERED);
}

const checkShape = schemaCheck<Omit<Pin, "before"> & { readonly before?: readonly string[] }>(PIN_SCHEMA);

/** Reads a pin. @throws InputError that says why the text is none. */
export function readPin(text: string): Pin {
  const pin = checkShape(parseJson(text));
  checkIdentity(pin);
  return { ...pin, before: (pin.before ?? []).filter((one) => one !== pin.sha256) };
}

/** Reads a pin. @returns undefined when the text is none. */
export function parsePin(text: string): Pin | undefined {
  try {
    return readPin(text);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** Reads the pin of a parameter. @throws DamagedError that says where it is, and what to do. */
export function pinOfParameter(text: string, parameter: string, region: string): Pin {
  try {
    return readPin(text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new DamagedError(
      EXIT.HELD,
      `parameter ${parameter} does not hold a pin: ${error.message}`,
      `in ${region}`,
      `write an earlier version of it again: aws ssm get-parameter-history --name ${parameter}`,
      `or delete it if it is not needed: aws ssm delete-parameter --name ${parameter}`,
    );
  }
}
