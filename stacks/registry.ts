import { publish } from "@groundplan/modules/core";
import {
  cachePrefix,
  PullThroughCache,
  REGISTRY,
  Registry,
  type Repository,
} from "@groundplan/modules/registry";
import type { Construct } from "constructs";
import { EnvironmentStack, type EnvironmentStackProps } from "./environment-stack";

/**
 * The container registry of an environment.
 *
 * Platforms and environments may share an account, so every name carries both:
 * `<platform>/<environment>/<name>`, and `<platform>/<environment>/<upstream>/…` for cached images, whose
 * prefix ECR limits to 30 characters.
 */
export class RegistryStack extends EnvironmentStack {
  constructor(scope: Construct, props: EnvironmentStackProps) {
    super(scope, "registry", props);
    const { platform, environment } = props;
    const { registry: settings, region, account } = environment;
    const registry = new Registry(this, "registry", {
      prefix: `${platform.name}/${environment.name}`,
      account,
      region,
      repositories: settings.repositories,
      encryption: settings.encryption === "KMS" ? "own" : "AES256",
      keyDeletionDays: settings.keyDeletionDays,
      tagMutability: settings.tagMutability,
      forceDelete: settings.forceDelete,
      retention: { maxImages: settings.maxImages, untaggedDays: settings.untaggedDays },
    });
    const caches = settings.pullThrough.map((upstream) => {
      const cache = new PullThroughCache(this, `cache-${upstream}`, {
        upstream,
        prefix: platform.legacyNames ? environment.name : cachePrefix(platform.name, environment.name),
        roleNamePrefix: this.namePrefix,
        region,
        account,
        tags: this.commonTags,
        ...(registry.kmsKeyArn === undefined ? {} : { kmsKeyArn: registry.kmsKeyArn }),
      });
      return [upstream, cache.repositoryPrefix] as const;
    });
    const byName = (value: (repository: Repository) => string) =>
      Object.fromEntries([...registry.repositories].map(([name, repository]) => [name, value(repository)]));
    publish(this, this.place, REGISTRY, {
      registryId: registry.registryId,
      repositoryUrls: byName((repository) => repository.repositoryUrl),
      repositoryArns: byName((repository) => repository.repositoryArn),
      kmsKeyArns: registry.kmsKeyArn === undefined ? [] : [registry.kmsKeyArn],
      pullThroughPrefixes: Object.fromEntries(caches),
    });
  }
}
