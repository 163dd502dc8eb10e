import { NAME_RULES, nameFaults } from "@groundplan/modules/core/names";
import { retentionFaults } from "@groundplan/modules/registry/lifecycle";
import type { OverlayFaults } from "../overlay-faults";

/** The environment's container registry. */
export interface RegistrySettings {
  /** Names of the repositories; each is made as `<platform>/<environment>/<name>`. */
  readonly repositories: readonly string[];

  /** Whether a tag may be moved to another image. */
  readonly tagMutability: "MUTABLE" | "IMMUTABLE";

  /** Encryption at rest: by S3 (`AES256`) or by a KMS key of the environment. */
  readonly encryption: "AES256" | "KMS";

  /** Days between a request to delete the KMS key and its deletion, 7 to 30. */
  readonly keyDeletionDays: number;

  /** Whether a repository that still holds images can be destroyed. */
  readonly forceDelete: boolean;

  /** Images kept in each repository for each prefix of tags, of those that were pinned, and of all with a tag; 1 or more. */
  readonly maxImages: number;

  /** Prefixes of the tags whose images are counted by themselves, e.g. `v` for `v1.2.3`; 1 to 47. */
  readonly tagPrefixes: readonly string[];

  /**
   * Days after which an image expires whose tags begin with none of the prefixes, 1 or more, e.g. a commit's or a branch's;
   * `newest` keeps it while it is among the newest `maxImages`. What was pinned in an environment is counted by itself.
   */
  readonly otherTaggedDays: number | "newest";

  /** Days after which an untagged image expires, 1 or more. */
  readonly untaggedDays: number;

  /** Public registries that are cached in this one, of those that ask for no credential. */
  readonly pullThrough: readonly ("ecr-public" | "kubernetes" | "quay")[];
}

/** Defaults of {@link RegistrySettings}. */
export const registryDefaults: RegistrySettings = {
  repositories: ["app", "api", "frontend", "worker"],
  tagMutability: "IMMUTABLE",
  encryption: "KMS",
  keyDeletionDays: 7,
  forceDelete: false,
  maxImages: 30,
  tagPrefixes: ["v", "release", "main", "develop"],
  otherTaggedDays: "newest",
  untaggedDays: 7,
  pullThrough: ["ecr-public"],
};

/** Reports what is wrong with the registry of an overlay. */
export function checkRegistry(faults: OverlayFaults, registry: RegistrySettings, environment: string): void {
  faults.distinct("registry.repositories", registry.repositories);
  for (const repository of registry.repositories) {
    // The platform's name stands in front of it as well.
    for (const fault of nameFaults(NAME_RULES.repository, `${environment}/${repository}`)) {
      faults.add("registry.repositories", repository, fault.what, 'use e.g. "api"');
    }
  }
  faults.distinct("registry.pullThrough", registry.pullThrough);
  faults.wholeNumber("registry.keyDeletionDays", registry.keyDeletionDays, 7, 30, 30);
  faults.wholeNumber("registry.maxImages", registry.maxImages, 1, Number.POSITIVE_INFINITY, 30);
  const { otherTaggedDays, tagPrefixes } = registry;
  if (otherTaggedDays !== "newest")
    faults.wholeNumber("registry.otherTaggedDays", otherTaggedDays, 1, Number.POSITIVE_INFINITY, 30);
  // The numbers are judged by themselves.
  faults.addAll("registry.tagPrefixes", retentionFaults({ maxImages: 1, untaggedDays: 1, tagPrefixes }));
  faults.wholeNumber("registry.untaggedDays", registry.untaggedDays, 1, Number.POSITIVE_INFINITY, 7);
}
