import { defineContract } from "../core";

/** What the registry stack tells the other stacks of its environment. */
export const REGISTRY = defineContract("registry", {
  /** Id of the registry: the account's. */
  registryId: "string",
  /** Name of a repository without its prefix → where its images are pushed and pulled. */
  repositoryUrls: "stringMap",
  repositoryArns: "stringMap",
  /** The KMS key that encrypts the images, in a list of one; empty with AES-256. */
  kmsKeyArns: "strings",
  /** Upstream, e.g. `ecr-public` → prefix of its cached repositories. */
  pullThroughPrefixes: "stringMap",
});
