import { array, assert, integer, property, string } from "fast-check";
import {
  cachePolicy,
  type ImageRetention,
  lifecyclePolicy,
  retentionFaults,
} from "../../../modules/registry/lifecycle";

const VALID: ImageRetention = { maxImages: 15, tagPrefixes: ["v", "release"], untaggedDays: 7 };

interface Rule {
  readonly rulePriority: number;
  readonly description: string;
  readonly selection: {
    readonly tagStatus: string;
    readonly tagPrefixList?: readonly string[];
    readonly countNumber: number;
  };
  readonly action: { readonly type: string };
}

function rulesOf(policy: string): readonly Rule[] {
  return JSON.parse(policy).rules;
}

test("untagged images first, then a rule for each prefix", () => {
  const expire = { type: "expire" };
  expect(rulesOf(lifecyclePolicy(VALID))).toEqual([
    {
      rulePriority: 1,
      description: "Expire untagged images after 7 days",
      selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 7 },
      action: expire,
    },
    {
      rulePriority: 2,
      description: "Keep the last 15 images tagged v*",
      selection: {
        tagStatus: "tagged",
        tagPrefixList: ["v"],
        countType: "imageCountMoreThan",
        countNumber: 15,
      },
      action: expire,
    },
    {
      rulePriority: 3,
      description: "Keep the last 15 images tagged release*",
      selection: {
        tagStatus: "tagged",
        tagPrefixList: ["release"],
        countType: "imageCountMoreThan",
        countNumber: 15,
      },
      action: expire,
    },
  ]);
});

test("images with other tags expire last, and only on request", () => {
  const rules = rulesOf(lifecyclePolicy({ ...VALID, otherTaggedDays: 14 }));
  expect(
    rules.map(({ rulePriority, selection }) => [rulePriority, selection.tagStatus, selection.countNumber]),
  ).toEqual([
    [1, "untagged", 7],
    [2, "tagged", 15],
    [3, "tagged", 15],
    [4, "any", 14],
  ]);
});

test("cached images expire by age", () => {
  const rules = rulesOf(cachePolicy(90));
  expect(rules.map(({ selection }) => selection)).toEqual([
    { tagStatus: "any", countType: "sinceImagePushed", countUnit: "days", countNumber: 90 },
  ]);
});

/** An image, as ECR's rules see it: how long ago it was pushed, and its tags. */
interface Image {
  readonly days: number;
  readonly tags: readonly string[];
}

/**
 * Which images ECR expires, as its documentation says: every rule looks at all images by itself, and the
 * first rule whose tags an image matches decides.
 */
function expired(images: readonly Image[], rules: readonly Rule[]): readonly Image[] {
  const matches = (image: Image, { selection: { tagStatus, tagPrefixList = [] } }: Rule) =>
    tagStatus === "any" ||
    (tagStatus === "untagged"
      ? image.tags.length === 0
      : tagPrefixList.every((prefix) => image.tags.some((tag) => tag.startsWith(prefix))));
  const byAge = [...images].sort((one, other) => one.days - other.days);
  return images.filter((image) => {
    const rule = rules.find((candidate) => matches(image, candidate));
    if (!rule) return false;
    if (rule.selection.tagStatus !== "tagged") return image.days >= rule.selection.countNumber;
    const newer = byAge.filter((other) => matches(other, rule)).indexOf(image);
    return newer >= rule.selection.countNumber;
  });
}

test("of every prefix at least the last N images are kept, whatever other tags they have", () => {
  const tag = string({ unit: "grapheme-ascii", minLength: 1, maxLength: 3 }).map((text) => `v${text}`);
  const tags = array(
    integer({ min: 0, max: 2 }).chain((kind) => tag.map((v) => [v, `release-${v}`, `x${v}`][kind] ?? v)),
    {
      maxLength: 3,
    },
  );
  const images = array(tags, { maxLength: 30 }).map((all) =>
    all.map((each, days): Image => ({ days, tags: each })),
  );
  assert(
    property(images, integer({ min: 1, max: 5 }), (all, maxImages) => {
      const gone = new Set(
        expired(all, rulesOf(lifecyclePolicy({ ...VALID, maxImages, otherTaggedDays: 1 }))),
      );
      for (const prefix of VALID.tagPrefixes) {
        const having = all.filter((image) => image.tags.some((one) => one.startsWith(prefix)));
        for (const newest of having.slice(0, maxImages)) {
          // An image of two prefixes counts for the first; there it may be one too many.
          const first = VALID.tagPrefixes.find((one) => newest.tags.some((each) => each.startsWith(one)));
          if (first === prefix) expect(gone).not.toContain(newest);
        }
      }
    }),
  );
});

test("one rule for several prefixes would keep too much: ECR asks for a tag of each", () => {
  const images: readonly Image[] = [0, 1, 2].map((days) => ({ days, tags: [`v${days}`] }));
  const retention = { ...VALID, maxImages: 1 };
  expect(expired(images, rulesOf(lifecyclePolicy(retention)))).toHaveLength(2);
  const joined = rulesOf(lifecyclePolicy(retention)).map((rule) =>
    rule.selection.tagPrefixList
      ? { ...rule, selection: { ...rule.selection, tagPrefixList: ["v", "release"] } }
      : rule,
  );
  expect(expired(images, joined)).toHaveLength(0);
});

test("a retention that holds", () => {
  expect(retentionFaults(VALID)).toEqual([]);
  expect(retentionFaults({ ...VALID, otherTaggedDays: 1, tagPrefixes: ["v1", "v", "_x", "0"] })).toEqual([]);
  expect(
    retentionFaults({ ...VALID, tagPrefixes: Array.from({ length: 48 }, (_, index) => `p${index}-`) }),
  ).toEqual([]);
});

test.each([
  [{ maxImages: 0 }, "maxImages is 0"],
  [{ maxImages: 1.5 }, "maxImages is 1.5"],
  [{ untaggedDays: 0 }, "untaggedDays is 0"],
  [{ otherTaggedDays: -1 }, "otherTaggedDays is -1"],
  [{ tagPrefixes: [] }, "tagPrefixes has 0 prefixes"],
  [{ tagPrefixes: Array.from({ length: 49 }, (_, index) => `p${index}-`) }, "tagPrefixes has 49 prefixes"],
  [{ tagPrefixes: [""] }, 'tag prefix "" cannot begin a tag'],
  [{ tagPrefixes: ["v*"] }, 'tag prefix "v*" cannot begin a tag'],
  [{ tagPrefixes: ["-v"] }, 'tag prefix "-v" cannot begin a tag'],
  [{ tagPrefixes: ["v", "v"] }, 'tag prefix "v" is listed twice'],
  [{ tagPrefixes: ["v", "v1"] }, 'tag prefix "v1" comes after "v", which matches all its images'],
])("%j is refused", (change, what) => {
  expect(retentionFaults({ ...VALID, ...change }).map((fault) => fault.what)).toEqual([what]);
});
