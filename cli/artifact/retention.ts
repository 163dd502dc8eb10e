import { type Artifact, type ArtifactIndex, lastPublications } from "./index-object";
import type { DeployedVersion } from "./kind";
import type { ForeignPin, Needs } from "./needs";

/** Versions, artifacts and ways back that stay unless somebody says otherwise. */
export const KEEP = 10;

/** Milliseconds of a day: ages are given in days. */
export const DAY = 86_400_000;

/** How much is kept beside what is needed. */
export interface Retention {
  /** Versions of each function, artifacts, and ways back of each environment that stay: the newest, 1 or more. */
  readonly keep: number;

  /** Stays whatever is younger than this. */
  readonly before?: Date;
}

/** What is kept, each with the reasons; what has none is needed by nobody. */
export interface Kept<T> {
  readonly one: T;
  readonly reasons: readonly string[];
}

/**
 * Why each version of an environment's function is kept, the newest first.
 *
 * The newest of all is the one that the Terraform state names: the provider reads it as the function's `version`.
 * Were it gone, the next plan would move the alias. All others are nobody's but Lambda's; the provider deletes none.
 */
export function versionsKept(
  { deployed, read }: Needs,
  { keep, before }: Retention,
): readonly Kept<DeployedVersion>[] {
  const { versions = [], aliases } = deployed ?? {};
  return [...versions].reverse().map((one, at) => ({
    one,
    reasons: [
      ...(aliases?.get(one.version) ?? []).map((alias) => `alias ${alias}`),
      ...(at === 0 ? ["in the Terraform state"] : []),
      ...(read?.pin.stableVersion === one.version ? ["in the pin"] : []),
      ...(at < Math.max(keep, 1) ? [`newest ${keep}`] : []),
      ...young(one, before),
    ],
  }));
}

/** Everything by which artifacts are needed. */
export interface Needed {
  readonly environments: readonly Needs[];
  readonly foreign: readonly ForeignPin[];
}

/** Why each artifact of an index is kept, the newest first. */
export function artifactsKept(
  index: ArtifactIndex,
  needed: Needed,
  retention: Retention,
): readonly Kept<Artifact>[] {
  return [...lastPublications(index)].reverse().map((one, at) => ({
    one,
    reasons: [
      ...pinReasons(one, needed, retention),
      ...needed.environments.flatMap((environment) => {
        const { target } = environment;
        const versions = versionsKept(environment, retention)
          .filter(
            ({ one: version, reasons }) =>
              reasons.length > 0 && version.sourceCodeHash === one.sourceCodeHash,
          )
          .map(({ one: { version } }) => version);
        return versions.length > 0 ? [`version ${versions.join(", ")} in ${target.environment}`] : [];
      }),
      ...(at < Math.max(retention.keep, 1) ? [`newest ${retention.keep}`] : []),
      ...young(one, retention.before),
    ],
  }));
}

/** By which pins an artifact is needed: what is pinned, was pinned just before, or is a way back. */
export function pinReasons(
  { sha256, versionId }: Artifact,
  {
    environments,
    foreign,
  }: Pick<Needed, "foreign"> & {
    readonly environments: readonly Pick<Needs, "target" | "read" | "lastPinned">[];
  },
  { keep }: Retention,
): readonly string[] {
  return [
    ...environments.flatMap(({ target: { environment }, read, lastPinned }) => {
      if (read?.pin.versionId === versionId) return [`pinned in ${environment}`];
      const isWayBack = read?.pin.before.slice(0, Math.max(keep, 1)).includes(sha256);
      if (isWayBack) return [`rollback of ${environment}`];
      return lastPinned.some((pin) => pin.versionId === versionId) ? [`just pinned in ${environment}`] : [];
    }),
    ...foreign
      .filter(
        ({ pin }) => pin.versionId === versionId || pin.before.slice(0, Math.max(keep, 1)).includes(sha256),
      )
      .map(({ parameter }) => `pinned at ${parameter}`),
  ];
}

function young({ time }: { readonly time: string }, before: Date | undefined): readonly string[] {
  return before && !(Date.parse(time) < before.getTime())
    ? [`after ${before.toISOString().slice(0, 10)}`]
    : [];
}
