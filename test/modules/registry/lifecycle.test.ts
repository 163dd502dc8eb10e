import { array, assert, constantFrom, integer, property, record, tuple } from "fast-check";
import {
  cachePolicy,
  type ImageRetention,
  lifecyclePolicy,
  PINNED_TAG_PREFIX,
  retentionFaults,
} from "../../../modules/registry/lifecycle";
import { type AgedImage, expiredImages, type LifecycleRule, rulesOf } from "./lifecycle-evaluation";

const VALID: ImageRetention = { maxImages: 15, tagPrefixes: ["v", "release"], untaggedDays: 7 };

test("untagged images first, then those that were pinned, a rule for each prefix, and the rest", () => {
  const expire = { type: "expire" };
  const newest = { tagStatus: "tagged", countType: "imageCountMoreThan", countNumber: 15 };
  const prefix = (rulePriority: number, name: string) => ({
    rulePriority,
    description: `Keep the last 15 images tagged ${name}*`,
    selection: { ...newest, tagPrefixList: [name] },
    action: expire,
  });
  expect(rulesOf(lifecyclePolicy(VALID))).toEqual([
    {
      rulePriority: 1,
      description: "Expire untagged images after 7 days",
      selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 7 },
      action: expire,
    },
    prefix(2, "pinned-"),
    prefix(3, "v"),
    prefix(4, "release"),
    {
      rulePriority: 5,
      description: "Keep other images among the last 15",
      selection: { ...newest, tagPatternList: ["*"] },
      action: expire,
    },
  ]);
});

test("images with other tags expire by age on request", () => {
  const rules = rulesOf(lifecyclePolicy({ ...VALID, otherTaggedDays: 14 }));
  expect(
    rules.map(({ rulePriority, selection }) => [rulePriority, selection.tagStatus, selection.countNumber]),
  ).toEqual([
    [1, "untagged", 7],
    [2, "tagged", 15],
    [3, "tagged", 15],
    [4, "tagged", 15],
    [5, "any", 14],
  ]);
});

test("cached images expire by age", () => {
  const rules = rulesOf(cachePolicy(90));
  expect(rules.map(({ selection }) => selection)).toEqual([
    { tagStatus: "any", countType: "sinceImagePushed", countUnit: "days", countNumber: 90 },
  ]);
});

describe("the evaluation", () => {
  const rule = (
    rulePriority: number,
    selection: Partial<LifecycleRule["selection"]> & { readonly countNumber: number },
  ): LifecycleRule => ({
    rulePriority,
    selection: {
      tagStatus: "tagged",
      countType: "imageCountMoreThan",
      ...(selection.countType === "sinceImagePushed" ? { countUnit: "days" } : {}),
      ...selection,
    },
    action: { type: "expire" },
  });
  const A = { days: 10, tags: ["beta-1", "prod-1"] };
  const B = { days: 9, tags: ["beta-2", "prod-2"] };
  const C = { days: 8, tags: ["beta-3"] };
  const prod = { tagPrefixList: ["prod"], countNumber: 1 };
  const beta = { tagPrefixList: ["beta"], countNumber: 1 };

  // https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_examples.html
  test.each<[string, readonly AgedImage[], readonly LifecycleRule[], readonly AgedImage[]]>([
    ["example A of several rules", [A, B, C], [rule(1, prod), rule(2, beta)], [A]],
    ["example B of several rules", [A, B, C], [rule(1, beta), rule(2, prod)], [A, B]],
    [
      "several prefixes in a rule: an image needs a tag for each",
      [A, B, C],
      [rule(1, { tagPrefixList: ["beta", "prod"], countNumber: 1 })],
      [A],
    ],
    [
      "patterns in a rule",
      [A, { days: 9, tags: ["alpha-1"] }],
      [rule(1, { tagPatternList: ["*prod*"], countType: "sinceImagePushed", countNumber: 10 })],
      [A],
    ],
    ["all images", [A, B, C], [rule(1, prod), rule(2, { tagStatus: "any", countNumber: 1 })], [A]],
    [
      "of a day: the age itself is too old",
      [C, B],
      [rule(1, { tagStatus: "any", countType: "sinceImagePushed", countNumber: 9 })],
      [B],
    ],
  ])("%s", (_, images, rules, gone) => {
    expect(expiredImages(images, rules)).toEqual(gone);
  });

  test.each<[string, readonly LifecycleRule[]]>([
    ["one priority", [rule(1, prod), rule(1, beta)]],
    ["comes last", [rule(1, { tagStatus: "any", countNumber: 1 }), rule(2, prod)]],
    ["the same images", [rule(1, prod), rule(2, { ...prod, countNumber: 2 })]],
    ["not both", [rule(1, { ...prod, tagPatternList: ["a"] })]],
    ["four wildcards", [rule(1, { tagPatternList: ["*a*b*c*d*"], countNumber: 1 })]],
    ["only tagged images", [rule(1, { tagStatus: "untagged", ...prod })]],
  ])("what ECR refuses is refused: %s", (what, rules) => {
    expect(() => expiredImages([A], rules)).toThrow(what);
  });
});

/** Families of tags as teams have them: of a version, a commit, a branch, of a kind with a rule, and pinned. */
const tag = tuple(
  constantFrom(
    "v1.",
    "release-",
    "1.2.",
    "feature-",
    "dependabot_npm-",
    "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    "pinned-",
  ),
  integer({ min: 0, max: 99 }),
).map(([family, number]) => `${family}${number}`);

/** Up to 60 images, one pushed each day, the newest first. */
const repository = array(array(tag, { maxLength: 3 }), { maxLength: 60 }).map((all) =>
  all.map((tags, days): AgedImage => ({ days, tags })),
);

const retention = record({
  maxImages: integer({ min: 1, max: 5 }),
  tagPrefixes: constantFrom(["v", "release"], ["release-", "v1"], ["feature-"]),
  untaggedDays: integer({ min: 1, max: 9 }),
});

/** Whether an image has a tag that begins so. */
function begins({ tags }: AgedImage, prefix: string): boolean {
  return tags.some((one) => one.startsWith(prefix));
}

/** The images of a repository that its policy keeps. */
function keptOf(images: readonly AgedImage[], policy: string): readonly AgedImage[] {
  const gone = new Set(expiredImages(images, rulesOf(policy)));
  return images.filter((image) => !gone.has(image));
}

/** The families of a retention, in the order of its rules. */
function familiesOf({ tagPrefixes }: ImageRetention): readonly string[] {
  return [PINNED_TAG_PREFIX, ...tagPrefixes];
}

/** The most images that a retention may keep, whatever was pushed. */
function mostKept(all: ImageRetention): number {
  return all.untaggedDays + (familiesOf(all).length + 1) * all.maxImages;
}

test("whatever the tags are, a repository stays bounded", () => {
  assert(
    property(repository, retention, (images, all) => {
      expect(keptOf(images, lifecyclePolicy(all)).length).toBeLessThanOrEqual(mostKept(all));
    }),
  );
});

test("without the last rule, images of a commit or a version without v stay for ever", () => {
  const images = Array.from({ length: 40 }, (_, days): AgedImage => ({ days, tags: [`1.2.${days}`] }));
  const text = lifecyclePolicy(VALID);
  expect(keptOf(images, text)).toHaveLength(15);
  const without = JSON.stringify({ rules: rulesOf(text).slice(0, -1) });
  expect(keptOf(images, without)).toHaveLength(40);
});

test("of every prefix the last N are kept that count for it, and of all tags the last N", () => {
  assert(
    property(repository, retention, (images, all) => {
      const kept = new Set(keptOf(images, lifecyclePolicy(all)));
      const families = familiesOf(all);
      for (const family of families) {
        for (const newest of images.filter((image) => begins(image, family)).slice(0, all.maxImages)) {
          // An image of two families counts for the first; there it may be one too many.
          const first = families.find((one) => begins(newest, one));
          if (first === family) expect(kept).toContain(newest);
        }
      }
      for (const newest of images.filter(({ tags }) => tags.length > 0).slice(0, all.maxImages))
        expect(kept).toContain(newest);
    }),
  );
});

test("images with other tags expire by age, those of a prefix do not", () => {
  assert(
    property(repository, retention, integer({ min: 1, max: 30 }), (images, all, otherTaggedDays) => {
      const kept = keptOf(images, lifecyclePolicy({ ...all, otherTaggedDays }));
      const others = kept.filter(
        (image) => image.tags.length > 0 && !familiesOf(all).some((family) => begins(image, family)),
      );
      for (const { days } of others) expect(days).toBeLessThan(otherTaggedDays);
    }),
  );
});

/** A step in the life of an environment's repository: a push, or the image that is pinned from now on. */
const step = tuple(constantFrom("push", "push and pin", "pin"), integer({ min: 0, max: 200 }));

/**
 * Lives through the steps, one a day, with ECR's rules in between; says when the image that is pinned was gone.
 *
 * @param kept - as `groundplan artifact` keeps what is pinned: not at all, or by its tag where fewer than so many that were
 * pushed later have it.
 */
function lostDays(
  steps: readonly (readonly [string, number])[],
  policy: string,
  kept: number | undefined,
): readonly number[] {
  interface Stored {
    readonly id: number;
    readonly day: number;
    readonly tags: string[];
  }
  let stored: readonly Stored[] = [];
  let running: number | undefined;
  const lost: number[] = [];
  steps.forEach(([what, choice], day) => {
    if (what !== "pin") stored = [{ id: day, day, tags: [`${day}`.padStart(40, "0")] }, ...stored];
    if (what !== "push") {
      // An old image, of those that there are: a rollback, a deploy or a promotion of what is there already.
      const image = what === "pin" ? stored[choice % stored.length] : stored[0];
      if (!image) return;
      const pinnedLater = stored.filter(({ day: pushed, tags }) => pushed > image.day && tags.length > 1);
      if (kept !== undefined && pinnedLater.length >= kept) return;
      running = image.id;
      const own = `${PINNED_TAG_PREFIX}${image.id}`;
      if (kept !== undefined && !image.tags.includes(own)) image.tags.push(own);
    }
    const aged = stored.map((image) => ({ ...image, days: day - image.day }));
    const gone = new Set(expiredImages(aged, rulesOf(policy)).map(({ id }) => id));
    stored = stored.filter(({ id }) => !gone.has(id));
    if (running !== undefined && !stored.some(({ id }) => id === running)) lost.push(day);
  });
  return lost;
}

test("the image that is pinned never expires, however old it was when it was pinned", () => {
  assert(
    property(array(step, { maxLength: 60 }), retention, (steps, all) => {
      for (const other of [{}, { otherTaggedDays: 2 }])
        expect(lostDays(steps, lifecyclePolicy({ ...all, ...other }), all.maxImages)).toEqual([]);
    }),
  );
});

test("an image that is too old among those that were pinned would expire: it is refused, and seen without that", () => {
  const steps = [
    ["push", 0],
    ["push and pin", 0],
    ["push and pin", 0],
    ["pin", 2],
    ["push", 0],
  ] as const;
  const policy = lifecyclePolicy({ ...VALID, maxImages: 2, otherTaggedDays: 99 });
  expect(lostDays(steps, policy, Number.POSITIVE_INFINITY)).not.toEqual([]);
  expect(lostDays(steps, policy, 2)).toEqual([]);
});

test("without the tag of what is pinned, a rollback expires while it runs", () => {
  const steps = [
    ["push and pin", 0],
    ["push and pin", 0],
    ["pin", 1],
    ...Array(9).fill(["push", 0]),
  ] as const;
  const policy = lifecyclePolicy({ ...VALID, maxImages: 5 });
  expect(lostDays(steps, policy, undefined)).not.toEqual([]);
  expect(lostDays(steps, policy, 5)).toEqual([]);
});

test("one rule for several prefixes would keep too much: ECR asks for a tag of each", () => {
  const images: readonly AgedImage[] = [0, 1, 2].map((days) => ({ days, tags: [`v${days}`] }));
  const all = { ...VALID, maxImages: 1, otherTaggedDays: 99 };
  const rules = rulesOf(lifecyclePolicy(all));
  expect(expiredImages(images, rules)).toHaveLength(2);
  const joined = rules
    .filter(({ selection }) => selection.tagPrefixList?.[0] !== "release")
    .map((rule) =>
      rule.selection.tagPrefixList?.[0] === "v"
        ? { ...rule, selection: { ...rule.selection, tagPrefixList: ["v", "release"] } }
        : rule,
    );
  expect(expiredImages(images, joined)).toHaveLength(0);
});

test("a retention that holds", () => {
  expect(retentionFaults(VALID)).toEqual([]);
  expect(retentionFaults({ ...VALID, otherTaggedDays: 1, tagPrefixes: ["v1", "v", "_x", "0"] })).toEqual([]);
  expect(
    retentionFaults({ ...VALID, tagPrefixes: Array.from({ length: 47 }, (_, index) => `t${index}-`) }),
  ).toEqual([]);
});

test.each([
  [{ maxImages: 0 }, "maxImages is 0"],
  [{ maxImages: 1.5 }, "maxImages is 1.5"],
  [{ untaggedDays: 0 }, "untaggedDays is 0"],
  [{ otherTaggedDays: -1 }, "otherTaggedDays is -1"],
  [{ tagPrefixes: [] }, "tagPrefixes has 0 prefixes"],
  [{ tagPrefixes: Array.from({ length: 48 }, (_, index) => `t${index}-`) }, "tagPrefixes has 48 prefixes"],
  [{ tagPrefixes: [""] }, 'tag prefix "" cannot begin a tag'],
  [{ tagPrefixes: ["v*"] }, 'tag prefix "v*" cannot begin a tag'],
  [{ tagPrefixes: ["-v"] }, 'tag prefix "-v" cannot begin a tag'],
  [{ tagPrefixes: ["p"] }, 'tag prefix "p" begins the tags of pinned images too'],
  [{ tagPrefixes: ["v", "v"] }, 'tag prefix "v" is listed twice'],
  [{ tagPrefixes: ["v", "v1"] }, 'tag prefix "v1" comes after "v", which matches all its images'],
])("%j is refused", (change, what) => {
  expect(retentionFaults({ ...VALID, ...change }).map((fault) => fault.what)).toEqual([what]);
});
