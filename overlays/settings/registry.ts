import { NAME_RULES, nameFaults } from "@groundplan/modules/core/names";
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

  /** Tagged images kept in each repository, 1 or more. */
  readonly maxImages: number;

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
  faults.wholeNumber("registry.untaggedDays", registry.untaggedDays, 1, Number.POSITIVE_INFINITY, 7);
}
