import { declareImage } from "@groundplan/modules/artifact";
import { publish } from "@groundplan/modules/core";
import { application, type GitOps } from "@groundplan/modules/gitops";
import {
  PullThroughCache,
  REGISTRY,
  Registry,
  RegistryReplication,
  RegistryScanning,
  type Repository,
} from "@groundplan/modules/registry";
import type { Construct } from "constructs";
import type { Environment } from "../overlays/environment";
import { deliveredServices } from "../overlays/settings/gitops";
import { cachePrefixes } from "../overlays/settings/registry";
import { EnvironmentStack, type EnvironmentStackProps } from "./environment-stack";

/** Properties of {@link RegistryStack}. */
export interface RegistryStackProps extends EnvironmentStackProps {
  /** What is deployed from Git in all environments. */
  readonly gitops: GitOps;

  /**
   * Environment whose images are promoted into this one.
   *
   * @default - none: it is the first
   */
  readonly promotedFrom?: Environment | undefined;
}

/**
 * The container registry of an environment.
 *
 * Platforms and environments may share an account, so every name carries both:
 * `<platform>/<environment>/<name>`, and `<platform>/<environment>/<upstream>/…` for cached images, whose
 * prefix ECR limits to 30 characters.
 */
export class RegistryStack extends EnvironmentStack {
  constructor(scope: Construct, props: RegistryStackProps) {
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
      mutableTags: settings.mutableTags,
      forceDelete: settings.forceDelete,
      retention: {
        maxImages: settings.maxImages,
        tagPrefixes: settings.tagPrefixes,
        untaggedDays: settings.untaggedDays,
        ...(settings.otherTaggedDays === "newest" ? {} : { otherTaggedDays: settings.otherTaggedDays }),
      },
    });
    if (settings.replicateTo.length > 0) {
      new RegistryReplication(this, "replication", {
        account,
        region,
        destinations: settings.replicateTo.map((destination) => ({ region: destination })),
        prefixes: [`${platform.name}/${environment.name}/`, ...settings.replicatedPrefixes],
      });
    }
    if (settings.enhancedScanning) new RegistryScanning(this, "scanning");
    const caches = cachePrefixes(platform, environment);
    for (const [upstream, repositoryPrefix] of caches) {
      const credentialArn = settings.pullThroughCredentials[upstream];
      new PullThroughCache(this, `cache-${upstream}`, {
        upstream,
        prefix: repositoryPrefix.slice(0, -`/${upstream}`.length),
        roleNamePrefix: this.namePrefix,
        region,
        account,
        tags: this.commonTags,
        ...(registry.kmsKeyArn === undefined ? {} : { kmsKeyArn: registry.kmsKeyArn }),
        ...(credentialArn === undefined ? {} : { credentialArn }),
      });
    }
    const byName = (value: (repository: Repository) => string) =>
      Object.fromEntries([...registry.repositories].map(([name, repository]) => [name, value(repository)]));
    publish(this, this.place, REGISTRY, {
      registryId: registry.registryId,
      repositoryUrls: byName((repository) => repository.repositoryUrl),
      repositoryArns: byName((repository) => repository.repositoryArn),
      kmsKeyArns: registry.kmsKeyArn === undefined ? [] : [registry.kmsKeyArn],
      pullThroughPrefixes: Object.fromEntries(caches),
    });
    this.declareImages(props);
  }

  /** Says which images a commit pins in this environment, and where: `groundplan artifact` and `groundplan gitops` read it. */
  private declareImages({ platform, environment, gitops, promotedFrom }: RegistryStackProps): void {
    const { name, region, account, registry } = environment;
    const { metadata, spec } = application(gitops.application(name));
    for (const service of deliveredServices(environment)) {
      declareImage(this, {
        environment: name,
        service,
        ...(promotedFrom !== undefined && deliveredServices(promotedFrom).includes(service)
          ? { promotedFrom: promotedFrom.name }
          : {}),
        region,
        account,
        repository: `${platform.name}/${name}/${service}`,
        immutableTags: registry.tagMutability === "IMMUTABLE",
        pinnedImages: registry.maxImages,
        gitops: {
          repository: spec.source.repoURL,
          revision: spec.source.targetRevision,
          path: spec.source.path,
          image: service,
          application: metadata.name,
          namespace: spec.destination.namespace,
          workload: `${name}-${service}`,
          rollout: environment.delivery.canary.enabled,
        },
      });
    }
  }
}
