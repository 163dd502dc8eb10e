/** A rule of a lifecycle policy, in ECR's words. */
export interface LifecycleRule {
  readonly rulePriority: number;
  readonly description?: string;
  readonly selection: {
    readonly tagStatus: "tagged" | "untagged" | "any";
    readonly tagPrefixList?: readonly string[];
    readonly tagPatternList?: readonly string[];
    readonly countType: "imageCountMoreThan" | "sinceImagePushed";
    readonly countUnit?: "days";
    readonly countNumber: number;
  };
  readonly action: { readonly type: "expire" };
}

/** An image as ECR's rules see it: days since its push, and its tags. */
export interface AgedImage {
  readonly days: number;
  readonly tags: readonly string[];
}

/** The rules of a policy's text. */
export function rulesOf(policy: string): readonly LifecycleRule[] {
  return JSON.parse(policy).rules;
}

/**
 * The images that ECR expires, by its documented evaluation: every rule looks at all images by itself, also at those that
 * another has marked; then the rules are applied by their priority, and an image that meets the tags of a rule can be
 * expired by no later one.
 *
 * @throws Error for a policy that ECR refuses.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html#lifecycle-policy-howitworks
 */
export function expiredImages<Image extends AgedImage>(
  images: readonly Image[],
  rules: readonly LifecycleRule[],
): readonly Image[] {
  refuse(rules);
  const byPriority = [...rules].sort((one, other) => one.rulePriority - other.rulePriority);
  const marked = new Map(byPriority.map((rule) => [rule, markedBy(rule, images)]));
  return images.filter((image) => {
    const first = byPriority.find((rule) => selects(rule, image));
    return first !== undefined && marked.get(first)?.has(image) === true;
  });
}

/** What a rule alone would expire: the oldest beyond a number, or those of an age. */
function markedBy<Image extends AgedImage>(
  rule: LifecycleRule,
  images: readonly Image[],
): ReadonlySet<Image> {
  const { countType, countNumber } = rule.selection;
  const selected = images.filter((image) => selects(rule, image));
  if (countType === "sinceImagePushed") return new Set(selected.filter((image) => image.days >= countNumber));
  return new Set(selected.sort((one, other) => one.days - other.days).slice(countNumber));
}

/** Whether an image meets the tags of a rule: of several prefixes or patterns it needs a tag for every one. */
function selects({ selection }: LifecycleRule, { tags }: AgedImage): boolean {
  const { tagStatus, tagPrefixList = [], tagPatternList = [] } = selection;
  if (tagStatus === "any") return true;
  if (tagStatus === "untagged") return tags.length === 0;
  const patterns = [...tagPrefixList.map((prefix) => `${prefix}*`), ...tagPatternList];
  return patterns.every((pattern) => tags.some((tag) => fits(pattern, tag)));
}

/** Whether a tag fits a pattern, in which `*` stands for none or more characters. */
function fits(pattern: string, tag: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(tag);
}

function refuse(rules: readonly LifecycleRule[]): void {
  const priorities = rules.map(({ rulePriority }) => rulePriority);
  if (new Set(priorities).size < rules.length) throw new Error("two rules have one priority");
  if (rules.length > 50) throw new Error("a policy has 50 rules at most");
  const lists = new Set<string>();
  for (const { rulePriority, selection } of rules) {
    const { tagStatus, tagPrefixList, tagPatternList, countType, countUnit, countNumber } = selection;
    const tagged = tagPrefixList !== undefined || tagPatternList !== undefined;
    if ((tagStatus === "tagged") !== tagged) throw new Error("only tagged images have prefixes or patterns");
    if (tagPrefixList && tagPatternList)
      throw new Error("a rule has prefixes or patterns, and not both of them");
    if ((countType === "sinceImagePushed") !== (countUnit !== undefined))
      throw new Error("only an age has a unit");
    if (!Number.isInteger(countNumber) || countNumber < 1) throw new Error("a count is 1 or more");
    if (tagStatus === "any" && rulePriority !== Math.max(...priorities))
      throw new Error("a rule for any image comes last");
    for (const pattern of tagPatternList ?? [])
      if (pattern.split("*").length > 5) throw new Error("a pattern has four wildcards at most");
    const list = JSON.stringify([tagStatus, tagPrefixList ?? tagPatternList ?? []]);
    if (lists.has(list)) throw new Error("two rules select the same images");
    lists.add(list);
  }
}
