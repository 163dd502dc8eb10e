import { isImmutable } from "../../../../../local/services/ecr/images/repositories";

const repository = (imageTagMutability: string | undefined, ...filters: string[]) => ({
  repositoryName: "app",
  repositoryUri: "app",
  ...(imageTagMutability === undefined ? {} : { imageTagMutability }),
  imageTagMutabilityExclusionFilters: filters.map((filter) => ({ filter })),
});

test.each([
  ["IMMUTABLE", [], "v1", true],
  ["MUTABLE", [], "v1", false],
  [undefined, [], "v1", false],
  ["IMMUTABLE_WITH_EXCLUSION", ["dev-*"], "dev-1", false],
  ["IMMUTABLE_WITH_EXCLUSION", ["dev-*"], "v1-dev-1", true],
  ["IMMUTABLE_WITH_EXCLUSION", ["d.v"], "dev", true],
  ["MUTABLE_WITH_EXCLUSION", ["v*"], "v1", true],
  ["MUTABLE_WITH_EXCLUSION", ["v*"], "latest", false],
  // Filters of a repository that has none count for nothing.
  ["IMMUTABLE", ["v*"], "v1", true],
] as const)("%s, without %j: %s stays: %s", (mutability, filters, tag, stays) => {
  expect(isImmutable(repository(mutability, ...filters), tag)).toBe(stays);
});
