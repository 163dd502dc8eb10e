import { defineContract } from "../core";

/** What the registry stack tells the other stacks of its environment. */
export const REGISTRY = defineContract("registry", {
  /** Name of a repository without its prefix → where its images are pushed and pulled. */
  repositoryUrls: "stringMap",
  repositoryArns: "stringMap",
  /** Upstream, e.g. `ecr-public` → prefix of its cached repositories. */
  pullThroughPrefixes: "stringMap",
});
