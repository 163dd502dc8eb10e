import type { Tags } from "@groundplan/modules/core";
import { cachePrefix, PullThroughCache, Registry } from "@groundplan/modules/registry";
import type { Construct } from "constructs";
import type { EnvironmentStackProps } from "../environment-stack";

/** Repository of the images of all previews, below the environment's prefix. */
const REPOSITORY = "previews";

/**
 * Images are tagged `<preview>-<commit>`: a commit that is built again moves its tag. `groundplan preview create` keeps so
 * many of each preview; ECR counts those of all previews together, and keeps as many as all of them may have.
 */
export function previewImages(
  scope: Construct,
  { platform, environment }: EnvironmentStackProps,
  { namePrefix, tags }: { readonly namePrefix: string; readonly tags: Tags },
): Readonly<Record<string, string>> {
  const { previews, region, account, name } = environment;
  const registry = new Registry(scope, "registry", {
    prefix: `${platform.name}/${name}`,
    account,
    region,
    repositories: [REPOSITORY],
    encryption: "AES256",
    tagMutability: "MUTABLE",
    forceDelete: true,
    retention: {
      untaggedDays: 1,
      maxImages: previews.maxImages * previews.quota.total,
      tagPrefixes: ["preview-"],
      otherTaggedDays: 30,
    },
  });
  if (previews.dockerHubSecretArn !== undefined) {
    new PullThroughCache(scope, "docker-hub", {
      upstream: "docker-hub",
      prefix: cachePrefix(platform.name, name),
      roleNamePrefix: namePrefix,
      credentialArn: previews.dockerHubSecretArn,
      region,
      account,
      tags,
    });
  }
  const repository = registry.repository(REPOSITORY);
  return { name: repository.repositoryName, url: repository.repositoryUrl };
}
