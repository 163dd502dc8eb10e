import { EcrError } from "./error";
import { given, listOf, now, textOf } from "./input";
import type { Item, Items, Operation } from "./operation";

/** Prefix of cached repositories: 2 to 30 characters, or `ROOT` for a registry without one. */
const PREFIX = /^(?:ROOT|(?=.{2,30}$)[a-z0-9]+(?:[._-][a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-][a-z0-9]+)*)*)$/;

/** Upstream hosts that ECR caches, and what the API calls them. */
const UPSTREAMS: readonly (readonly [RegExp, string, boolean])[] = [
  [/^public\.ecr\.aws$/, "ecr-public", false],
  [/^registry\.k8s\.io$/, "k8s", false],
  [/^quay\.io$/, "quay", false],
  [/^registry-1\.docker\.io$/, "docker-hub", true],
  [/^ghcr\.io$/, "github-container-registry", true],
  [/^registry\.gitlab\.com$/, "gitlab-container-registry", true],
  [/^[a-z0-9]+\.azurecr\.io$/, "azure-container-registry", true],
  [/^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com$/, "ecr", false],
];

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PullThroughCacheRule.html */
export const pullThroughRules: Readonly<Record<string, Operation>> = {
  CreatePullThroughCacheRule(input, items, { account }) {
    const ecrRepositoryPrefix = textOf(input, "ecrRepositoryPrefix", PREFIX);
    const upstreamRegistryUrl = textOf(input, "upstreamRegistryUrl", /./);
    const upstream = UPSTREAMS.find(([host]) => host.test(upstreamRegistryUrl));
    if (!upstream) {
      throw new EcrError(
        "UnsupportedUpstreamRegistryException",
        `The upstream registry ${upstreamRegistryUrl} is not supported`,
      );
    }
    const [, name, credential] = upstream;
    if (credential && input.credentialArn === undefined) {
      throw new EcrError(
        "InvalidParameterException",
        `The upstream registry ${upstreamRegistryUrl} requires a credentialArn`,
      );
    }
    if (items.get(ecrRepositoryPrefix)) {
      throw new EcrError(
        "PullThroughCacheRuleAlreadyExistsException",
        `A pull through cache rule with the repository prefix '${ecrRepositoryPrefix}' already exists in the registry with id '${account}'`,
      );
    }
    const rule = {
      ecrRepositoryPrefix,
      upstreamRegistryUrl,
      upstreamRegistry: name,
      ...given(input, ["credentialArn", "customRoleArn", "upstreamRepositoryPrefix"]),
      createdAt: now(),
      registryId: account,
    };
    items.put(ecrRepositoryPrefix, { ...rule, updatedAt: rule.createdAt });
    return rule;
  },

  DescribePullThroughCacheRules(input, items, { account }) {
    const prefixes = listOf(input, "ecrRepositoryPrefixes");
    return {
      pullThroughCacheRules: prefixes
        ? prefixes.map((prefix) => existing(items, prefix, account))
        : items.all(),
    };
  },

  UpdatePullThroughCacheRule(input, items, { account }) {
    const prefix = textOf(input, "ecrRepositoryPrefix", PREFIX);
    const rule = {
      ...existing(items, prefix, account),
      ...given(input, ["credentialArn", "customRoleArn"]),
      updatedAt: now(),
    };
    items.put(prefix, rule);
    return rule;
  },

  DeletePullThroughCacheRule(input, items, { account }) {
    const prefix = textOf(input, "ecrRepositoryPrefix", PREFIX);
    const rule = existing(items, prefix, account);
    items.remove(prefix);
    return rule;
  },

  ValidatePullThroughCacheRule(input, items, { account }) {
    const rule = existing(items, textOf(input, "ecrRepositoryPrefix", PREFIX), account);
    return { ...rule, isValid: true };
  },
};

function existing(items: Items, prefix: string, account: string): Item {
  const rule = items.get(prefix);
  if (rule) return rule;
  throw new EcrError(
    "PullThroughCacheRuleNotFoundException",
    `Pull through cache rule with repository prefix '${prefix}' not found in the registry with id '${account}'`,
  );
}
