import type { Fault } from "../core/errors";
import { fitName, NAME_RULES } from "../core/names";

/**
 * Public registries that ECR can cache, and whether they ask for a credential.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
 */
export const UPSTREAMS = {
  "ecr-public": { url: "public.ecr.aws", credential: false },
  kubernetes: { url: "registry.k8s.io", credential: false },
  quay: { url: "quay.io", credential: false },
  "docker-hub": { url: "registry-1.docker.io", credential: true },
  github: { url: "ghcr.io", credential: true },
  gitlab: { url: "registry.gitlab.com", credential: true },
} as const;

/** A registry that ECR can cache. */
export type Upstream = keyof typeof UPSTREAMS;

/** Characters that ECR takes in the prefix of a pull-through rule. */
const PREFIX_LENGTH = { least: 2, most: 30 };

/** Characters that are left for what stands before `/<upstream>`, whichever upstream it is. */
const HEAD_LENGTH = PREFIX_LENGTH.most - Math.max(...Object.keys(UPSTREAMS).map((name) => name.length)) - 1;

/**
 * What begins the names of an environment's cached repositories: `<platform>/<environment>`, or where ECR's 30
 * characters are too few, the beginning of both with a hash of the whole.
 */
export function cachePrefix(platform: string, environment: string): string {
  const prefix = `${platform}/${environment}`;
  return prefix.length <= HEAD_LENGTH ? prefix : fitName(`${platform}-${environment}`, HEAD_LENGTH);
}

/** The faults of a prefix of cached repositories; ECR takes what it takes as a repository's name, 2 to 30 characters. */
export function cachePrefixFaults(prefix: string): readonly Fault[] {
  const { least, most } = PREFIX_LENGTH;
  if (prefix.length >= least && prefix.length <= most && NAME_RULES.repository.pattern.test(prefix))
    return [];
  return [
    {
      what: `cache prefix ${JSON.stringify(prefix)} is not one that ECR takes: ${least} to ${most} characters, ${NAME_RULES.repository.allowed}`,
      instead: 'use a shorter prefix, e.g. "dev"',
    },
  ];
}

/**
 * The faults of an upstream's credential: there when the upstream asks for one, and a secret of the rule's
 * own account and Region whose name begins as ECR demands. A value with a token in it is not judged.
 */
export function credentialFaults(
  upstream: Upstream,
  credentialArn: string | undefined,
  { account, region }: { readonly account: string; readonly region: string },
): readonly Fault[] {
  const instead = `use e.g. "arn:aws:secretsmanager:${region}:${account}:secret:ecr-pullthroughcache/${upstream}-AbCdEf"`;
  if (credentialArn === undefined) {
    if (!UPSTREAMS[upstream].credential) return [];
    return [{ what: `${upstream} is cached with a credential only, and credentialArn is missing`, instead }];
  }
  if (credentialArn.includes("${")) return [];
  const secret =
    /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):(\d{12}):secret:ecr-pullthroughcache\/[A-Za-z0-9/_+=.@-]+$/;
  const match = secret.exec(credentialArn);
  const named = `credentialArn ${JSON.stringify(credentialArn)}`;
  if (!match) {
    return [{ what: `${named} is not a secret whose name begins with "ecr-pullthroughcache/"`, instead }];
  }
  if (match[1] === region && match[2] === account) return [];
  return [
    { what: `${named} is not in the registry's own account and Region, ${account} and ${region}`, instead },
  ];
}
