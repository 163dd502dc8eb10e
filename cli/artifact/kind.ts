import type { Target } from "./target";

/** What callers of a target get. */
export interface Running {
  /** Version that they are led to. */
  readonly version: string;

  /** SHA-256 of its content in Base64. */
  readonly sourceCodeHash: string;

  /** Versions that get a share of the traffic beside it, by their shares. */
  readonly weights: Readonly<Record<string, number>>;
}

/** A version that was made of an artifact where it runs, e.g. a published version of a function. */
export interface DeployedVersion {
  readonly version: string;

  /** SHA-256 of its content in Base64. */
  readonly sourceCodeHash: string;

  /** Bytes that count against the account's storage. */
  readonly size: number;

  /** When it was made, in ISO 8601. */
  readonly time: string;
}

/** The versions of a target, and those that somebody is led to. */
export interface DeployedVersions {
  /** The oldest first. */
  readonly versions: readonly DeployedVersion[];

  /** Versions that an alias is on or gives a share to, by the names of these aliases. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
}

/** What differs between kinds of artifacts: how AWS is asked for what was made of one, and how that is deleted. */
export interface ArtifactKind {
  /** What callers of a target get; undefined while it is not deployed. */
  running(target: Target): Promise<Running | undefined>;

  /** The versions of a target; undefined while it is not deployed. */
  versions(target: Target): Promise<DeployedVersions | undefined>;

  /** Versions that somebody is led to, by the names of the aliases. */
  aliasedVersions(target: Target): Promise<ReadonlyMap<string, readonly string[]>>;

  /** Deletes one version. @returns whether it is gone; `false` when AWS refused, since somebody is led to it. */
  deleteVersion(target: Target, version: string): Promise<boolean>;
}
