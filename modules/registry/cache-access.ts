import { partitionOf } from "../core/partition";
import type { PolicyStatement } from "../core/policy";

/**
 * What a puller needs beside the actions of a pull, so that an image comes into a cache by its first pull: to make its
 * repository, to tag it as the cache's template says, and to bring the image there.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
 */
export const CACHE_ACTIONS = [
  "ecr:BatchImportUpstreamImage",
  "ecr:CreateRepository",
  "ecr:TagResource",
] as const;

/**
 * The statements by which a role fills the caches of some prefixes, and makes no other repository; none without a prefix.
 *
 * @param prefixes - each of a cache's repositories, e.g. `groundplan/dev/ecr-public`.
 */
export function cacheStatements(
  prefixes: readonly string[],
  { account, region }: { readonly account: string; readonly region: string },
): readonly PolicyStatement[] {
  if (prefixes.length === 0) return [];
  const repositories = `arn:${partitionOf(region)}:ecr:${region}:${account}:repository`;
  return [
    {
      Sid: "FillCaches",
      Effect: "Allow",
      Action: CACHE_ACTIONS,
      Resource: [...prefixes].sort().map((prefix) => `${repositories}/${prefix}/*`),
    },
  ];
}
