import type { Fault } from "@groundplan/modules/core/errors";
import { NAME_RULES, nameFaults } from "@groundplan/modules/core/names";
import { retentionFaults } from "@groundplan/modules/registry/lifecycle";
import { replicationFaults } from "@groundplan/modules/registry/replication-props";
import {
  cachePrefix,
  credentialFaults,
  UPSTREAMS,
  type Upstream,
} from "@groundplan/modules/registry/upstreams";
import type { OverlayFaults } from "../overlay-faults";
import type { PreviewSettings } from "./previews";

/** The environment's container registry. */
export interface RegistrySettings {
  /** Names of the repositories; each is made as `<platform>/<environment>/<name>`. */
  readonly repositories: readonly string[];

  /** Whether a tag may be moved to another image. */
  readonly tagMutability: "MUTABLE" | "IMMUTABLE";

  /** Tags that may move in spite of `IMMUTABLE`, at most 5, `*` allowed, e.g. `latest`; they need AWS provider 6.8 (`providers.aws`). */
  readonly mutableTags: readonly string[];

  /** Regions to which images are copied once they are pushed; an account has one such list in a Region. */
  readonly replicateTo: readonly string[];

  /** Beginnings of repositories that are copied beside the environment's own, e.g. `acme/prod/` of a platform that shares the account. */
  readonly replicatedPrefixes: readonly string[];

  /** Scans images by Amazon Inspector for as long as they are there, billed by the image; an account has one such setting in a Region. */
  readonly enhancedScanning: boolean;

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

  /** Public registries that are cached in this one; Docker Hub, GitHub and GitLab ask for a credential. */
  readonly pullThrough: readonly Upstream[];

  /**
   * ARN of the secret with the user name and access token of an upstream, in the environment's account and Region: its name
   * begins with `ecr-pullthroughcache/`, and it holds `{"username": "…", "accessToken": "…"}`.
   */
  readonly pullThroughCredentials: Readonly<Partial<Record<Upstream, string>>>;
}

/** Defaults of {@link RegistrySettings}. */
export const registryDefaults: RegistrySettings = {
  repositories: ["app", "api", "frontend", "worker"],
  tagMutability: "IMMUTABLE",
  mutableTags: [],
  replicateTo: [],
  replicatedPrefixes: [],
  enhancedScanning: false,
  encryption: "KMS",
  keyDeletionDays: 7,
  forceDelete: false,
  maxImages: 30,
  tagPrefixes: ["v", "release", "main", "develop"],
  otherTaggedDays: "newest",
  untaggedDays: 7,
  pullThrough: ["ecr-public"],
  pullThroughCredentials: {},
};

/** What an environment's caches depend on beside the registry. */
interface CheckedEnvironment {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly previews: Pick<PreviewSettings, "enabled" | "dockerHubSecretArn">;
}

/** Prefixes of the caches of an environment's registry, by upstream. */
export function cachePrefixes(
  platform: { readonly name: string; readonly legacyNames?: boolean },
  environment: { readonly name: string; readonly registry: Pick<RegistrySettings, "pullThrough"> },
): ReadonlyMap<Upstream, string> {
  const { name, registry } = environment;
  const prefix = platform.legacyNames ? name : cachePrefix(platform.name, name);
  return new Map(registry.pullThrough.map((upstream) => [upstream, `${prefix}/${upstream}`]));
}

/** What of a registry an account has once in a Region. */
const OF_THE_ACCOUNT = ["replicateTo", "enhancedScanning"] as const;

/** An environment whose registry may share its account and Region with another's. */
interface SharingEnvironment extends Pick<CheckedEnvironment, "name" | "account" | "region"> {
  readonly registry: RegistrySettings;
}

function isSet({ registry }: SharingEnvironment, key: (typeof OF_THE_ACCOUNT)[number]): boolean {
  return key === "replicateTo" ? registry.replicateTo.length > 0 : registry.enhancedScanning;
}

/** The faults of environments of one account and Region that both set what the account has once: the last apply would win. */
export function sharedRegistryFaults(environments: readonly SharingEnvironment[]): readonly Fault[] {
  return OF_THE_ACCOUNT.flatMap((key) =>
    environments
      .filter((one) => isSet(one, key))
      .flatMap((one, index, all): Fault[] => {
        const other = all
          .slice(0, index)
          .find(({ account, region }) => account === one.account && region === one.region);
        if (!other) return [];
        const what = `registry.${key} is set here and in overlay ${JSON.stringify(other.name)}, and account ${one.account} has it once in ${one.region}`;
        const instead =
          key === "replicateTo"
            ? "set it in one of them, with the other's images in registry.replicatedPrefixes"
            : "set it in one of them";
        return [{ what, instead, at: `overlay ${JSON.stringify(one.name)}` }];
      }),
  );
}

/** What says which platform has the registry of an account. */
interface OwningPlatform {
  readonly name: string;
  readonly registryOwners?: Readonly<Record<string, string>>;
  readonly legacyNames?: boolean;
}

/** The faults of environments that set what the account has once, in an account whose registry is another platform's. */
export function registryOwnerFaults(
  { name, registryOwners = {}, legacyNames = false }: OwningPlatform,
  environments: readonly SharingEnvironment[],
): readonly Fault[] {
  return environments.flatMap((environment): Fault[] => {
    const { account, registry } = environment;
    const owner = registryOwners[account];
    if (owner === undefined || owner === name) return [];
    const at = `overlay ${JSON.stringify(environment.name)}`;
    const whose = `registryOwners of platform.ts gives account ${account} to platform ${JSON.stringify(owner)}`;
    const set = OF_THE_ACCOUNT.filter((key) => isSet(environment, key)).map((key) => ({
      what: `registry.${key} is set, and ${whose}`,
      instead: `leave it out, and set it there${key === "replicateTo" ? ", with registry.replicatedPrefixes" : ""}`,
      at,
    }));
    // Names of that time begin with the environment's alone: the owner's caches have them.
    const cached =
      legacyNames && registry.pullThrough.length > 0
        ? [
            {
              what: `registry.pullThrough is set with legacyNames, and ${whose}`,
              instead: "use pullThrough [], or leave legacyNames: docs/upgrading.md",
              at,
            },
          ]
        : [];
    return [...set, ...cached];
  });
}

/** Reports what is wrong with the registry of an overlay. */
export function checkRegistry(
  faults: OverlayFaults,
  registry: RegistrySettings,
  { name: environment, previews, ...place }: CheckedEnvironment,
): void {
  faults.distinct("registry.repositories", registry.repositories);
  for (const repository of registry.repositories) {
    // The platform's name stands in front of it as well.
    for (const fault of nameFaults(NAME_RULES.repository, `${environment}/${repository}`)) {
      faults.add("registry.repositories", repository, fault.what, 'use e.g. "api"');
    }
  }
  if (registry.replicateTo.length > 0) {
    const destinations = registry.replicateTo.map((region) => ({ region }));
    faults.addAll(
      "registry.replicateTo",
      replicationFaults({
        ...place,
        destinations,
        prefixes: [`${environment}/`, ...registry.replicatedPrefixes],
      }),
    );
  } else if (registry.replicatedPrefixes.length > 0) {
    faults.add(
      "registry.replicatedPrefixes",
      registry.replicatedPrefixes,
      "registry.replicateTo is empty: nothing is copied",
      'name Regions in registry.replicateTo, e.g. ["eu-west-1"]',
    );
  }
  faults.distinct("registry.replicatedPrefixes", registry.replicatedPrefixes);
  faults.distinct("registry.pullThrough", registry.pullThrough);
  const { pullThrough, pullThroughCredentials: credentials } = registry;
  for (const upstream of Object.keys(UPSTREAMS) as Upstream[]) {
    const credential = credentials[upstream];
    if (pullThrough.includes(upstream)) {
      faults.addAll("registry.pullThroughCredentials", credentialFaults(upstream, credential, place));
    } else if (credential !== undefined) {
      faults.add(
        `registry.pullThroughCredentials["${upstream}"]`,
        credential,
        `${upstream} is not cached`,
        `list "${upstream}" in registry.pullThrough`,
      );
    }
  }
  if (previews.enabled && previews.dockerHubSecretArn !== undefined && pullThrough.includes("docker-hub")) {
    faults.add(
      "registry.pullThrough",
      pullThrough,
      "previews.dockerHubSecretArn caches docker-hub already, under the same prefix",
      "use one of the two",
    );
  }
  faults.wholeNumber("registry.keyDeletionDays", registry.keyDeletionDays, 7, 30, 30);
  faults.wholeNumber("registry.maxImages", registry.maxImages, 1, Number.POSITIVE_INFINITY, 30);
  const { otherTaggedDays, tagPrefixes } = registry;
  if (otherTaggedDays !== "newest")
    faults.wholeNumber("registry.otherTaggedDays", otherTaggedDays, 1, Number.POSITIVE_INFINITY, 30);
  // The numbers are judged by themselves.
  faults.addAll("registry.tagPrefixes", retentionFaults({ maxImages: 1, untaggedDays: 1, tagPrefixes }));
  faults.wholeNumber("registry.untaggedDays", registry.untaggedDays, 1, Number.POSITIVE_INFINITY, 7);
}
