import type { Fault } from "../core/errors";

/**
 * Begins the tag that `groundplan artifact` gives an image when it pins it in an environment, e.g. `pinned-0123456789ab`.
 *
 * ECR counts by the day of the push, so an old image that is deployed again is among the first to expire. Images with this
 * tag are counted by themselves: the one that runs was pinned last, so that no later one pushes it out.
 */
export const PINNED_TAG_PREFIX = "pinned-";

/** Which images a repository keeps. */
export interface ImageRetention {
  /** Images kept for each prefix of tags, of those that were pinned, and of all that have a tag; 1 or more. */
  readonly maxImages: number;

  /**
   * Prefixes of the tags whose images are counted by themselves, e.g. `v` for `v1.2.3`. An image that has several counts
   * for the first.
   */
  readonly tagPrefixes: readonly string[];

  /** Days after which an image without a tag expires, 1 or more. */
  readonly untaggedDays: number;

  /**
   * Days after which an image expires whose tags begin with none of the prefixes, e.g. a branch's; 1 or more.
   *
   * @default - one that is not among the newest `maxImages` with a tag expires
   */
  readonly otherTaggedDays?: number;
}

/** Rules that ECR takes in one policy. */
const MAX_RULES = 50;

/** Rules beside those of the prefixes: untagged, pinned, and other images. */
const OTHER_RULES = 3;

/** What a rule selects, in ECR's words. */
type Selection = Readonly<Record<string, string | number | readonly string[]>>;

/**
 * A lifecycle policy as the JSON that ECR takes: every image is held by a rule, whatever its tags are.
 *
 * An image that a rule matches can be expired by no later one. So untagged images come first, then those that were
 * pinned, then each prefix with a rule of its own (of a list of prefixes ECR asks that an image has a tag for every one),
 * and last what no prefix has matched. That rule counts all images with a tag, for ECR lets no rule count the rest alone.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 */
export function lifecyclePolicy(retention: ImageRetention): string {
  const { maxImages, tagPrefixes, untaggedDays, otherTaggedDays } = retention;
  const newest = (tags: Selection): Selection => ({
    tagStatus: "tagged",
    ...tags,
    countType: "imageCountMoreThan",
    countNumber: maxImages,
  });
  return rules([
    [`Expire untagged images after ${untaggedDays} days`, pushedDaysAgo("untagged", untaggedDays)],
    ...[PINNED_TAG_PREFIX, ...tagPrefixes].map((prefix): [string, Selection] => [
      `Keep the last ${maxImages} images tagged ${prefix}*`,
      newest({ tagPrefixList: [prefix] }),
    ]),
    otherTaggedDays === undefined
      ? [`Keep other images among the last ${maxImages}`, newest({ tagPatternList: ["*"] })]
      : [`Expire other images after ${otherTaggedDays} days`, pushedDaysAgo("any", otherTaggedDays)],
  ]);
}

/**
 * The lifecycle policy of cached images: whatever was fetched so many days ago goes, and is fetched again
 * when it is asked for.
 */
export function cachePolicy(days: number): string {
  return rules([[`Expire cached images after ${days} days`, pushedDaysAgo("any", days)]]);
}

function pushedDaysAgo(tagStatus: "untagged" | "any", days: number): Selection {
  return { tagStatus, countType: "sinceImagePushed", countUnit: "days", countNumber: days };
}

function rules(entries: readonly (readonly [description: string, selection: Selection])[]): string {
  return JSON.stringify({
    rules: entries.map(([description, selection], index) => ({
      rulePriority: index + 1,
      description,
      selection,
      action: { type: "expire" },
    })),
  });
}

/** The faults of a retention: what ECR refuses, and rules that could never expire anything. */
export function retentionFaults(retention: ImageRetention): readonly Fault[] {
  const { maxImages, untaggedDays, otherTaggedDays = 1, tagPrefixes } = retention;
  const faults: Fault[] = [];
  for (const [name, value] of Object.entries({ maxImages, untaggedDays, otherTaggedDays })) {
    if (Number.isInteger(value) && value >= 1) continue;
    faults.push({ what: `${name} is ${value}`, instead: "use a whole number of 1 or more, e.g. 30" });
  }
  if (tagPrefixes.length === 0 || tagPrefixes.length > MAX_RULES - OTHER_RULES) {
    faults.push({
      what: `tagPrefixes has ${tagPrefixes.length} prefixes`,
      instead: `use 1 to ${MAX_RULES - OTHER_RULES}, e.g. ["v", "release"]`,
    });
  }
  tagPrefixes.forEach((prefix, index) => {
    if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(prefix)) {
      const what = `tag prefix ${JSON.stringify(prefix)} cannot begin a tag`;
      faults.push({ what, instead: 'use letters, digits, and _ . -, e.g. "v"' });
      return;
    }
    if (PINNED_TAG_PREFIX.startsWith(prefix)) {
      const what = `tag prefix ${JSON.stringify(prefix)} begins the tags of pinned images too`;
      faults.push({ what, instead: `leave it out, or use one that does not begin "${PINNED_TAG_PREFIX}"` });
      return;
    }
    const before = tagPrefixes.slice(0, index).find((other) => other !== "" && prefix.startsWith(other));
    if (before === undefined) return;
    faults.push(
      before === prefix
        ? { what: `tag prefix ${JSON.stringify(prefix)} is listed twice`, instead: "list it once" }
        : {
            what: `tag prefix ${JSON.stringify(prefix)} comes after ${JSON.stringify(before)}, which matches all its images`,
            instead: `list ${JSON.stringify(prefix)} first, or leave it out`,
          },
    );
  });
  return faults;
}
