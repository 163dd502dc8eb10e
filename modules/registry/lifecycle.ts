import type { Fault } from "../core/errors";

/** Which images a repository keeps. */
export interface ImageRetention {
  /** Images kept for each prefix of tags, 1 or more. */
  readonly maxImages: number;

  /** Prefixes of the tags whose images are counted, e.g. `v` for `v1.2.3`; each once. */
  readonly tagPrefixes: readonly string[];

  /** Days after which an image without a tag expires, 1 or more. */
  readonly untaggedDays: number;
}

/**
 * A lifecycle policy as the JSON that ECR takes.
 *
 * Untagged images come first: an image is expired by one rule at most, and no rule may take what one of
 * higher priority has matched. Each prefix has a rule of its own, since ECR asks of a list of prefixes
 * that an image carries a tag of every one of them.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 */
export function lifecyclePolicy({ maxImages, tagPrefixes, untaggedDays }: ImageRetention): string {
  const expire = { type: "expire" };
  const untagged = {
    rulePriority: 1,
    description: `Expire untagged images after ${untaggedDays} days`,
    selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: untaggedDays },
    action: expire,
  };
  const tagged = tagPrefixes.map((prefix, index) => ({
    rulePriority: index + 2,
    description: `Keep the last ${maxImages} images tagged ${prefix}*`,
    selection: { tagStatus: "tagged", tagPrefixList: [prefix], countType: "imageCountMoreThan", countNumber: maxImages },
    action: expire,
  }));
  return JSON.stringify({ rules: [untagged, ...tagged] });
}

/** The lifecycle policy of cached images: whatever was fetched so many days ago goes, and is fetched again when it is asked for. */
export function cachePolicy(days: number): string {
  return JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        description: `Expire cached images after ${days} days`,
        selection: { tagStatus: "any", countType: "sinceImagePushed", countUnit: "days", countNumber: days },
        action: { type: "expire" },
      },
    ],
  });
}

/** The faults of a retention. */
export function retentionFaults({ maxImages, tagPrefixes, untaggedDays }: ImageRetention): readonly Fault[] {
  const faults: Fault[] = [];
  for (const [name, value] of Object.entries({ maxImages, untaggedDays })) {
    if (Number.isInteger(value) && value >= 1) continue;
    faults.push({ what: `${name} is ${value}`, instead: "use a whole number of 1 or more, e.g. 30" });
  }
  if (tagPrefixes.length === 0 || tagPrefixes.includes("")) {
    faults.push({
      what: `tagPrefixes is ${JSON.stringify(tagPrefixes)}: ECR takes no empty list and no empty prefix`,
      instead: 'use e.g. ["v", "release"]',
    });
  }
  for (const prefix of new Set(tagPrefixes.filter((one, index) => tagPrefixes.indexOf(one) !== index))) {
    faults.push({ what: `tag prefix ${JSON.stringify(prefix)} is listed twice`, instead: "list it once" });
  }
  return faults;
}
