import { fitName, NAME_RULES, type NameRule, nameFaults } from "@groundplan/modules/core";
import { assert, integer, property, string, uniqueArray } from "fast-check";

/** For each rule: names that AWS takes, and beside them names that it refuses. */
const CASES: Record<keyof typeof NAME_RULES, { valid: readonly string[]; faulty: readonly string[] }> = {
  platform: {
    valid: ["groundplan", "a1", "my-platform"],
    faulty: ["a", "1a", "My", "a--b", "a-", "a".repeat(21), "aws", "awsome", "ssm-tools"],
  },
  environment: { valid: ["dev", "pr-12"], faulty: ["d", "Dev", "dev_1", "-dev", "e".repeat(17)] },
  bucket: {
    valid: ["abc", "1-a", "a".repeat(63)],
    faulty: [
      "ab",
      "Abc",
      "a.b",
      "-ab",
      "ab-",
      "xn--abc",
      "sthree-abc",
      "amzn-s3-demo-a",
      "abc-s3alias",
      "abc--ol-s3",
      "abc--x-s3",
      "a".repeat(64),
    ],
  },
  table: { valid: ["abc", "A_b.c-d"], faulty: ["ab", "a b", "a/b", "t".repeat(256)] },
  repository: {
    valid: ["ab", "groundplan/dev/api", "a.b_c-d/e"],
    faulty: ["a", "Api", "/api", "api/", "a//b", "a--b", "-api", "a b", "r".repeat(257)],
  },
  cluster: { valid: ["a", "groundplan-dev", "1_B"], faulty: ["", "-a", "a b", "a/b", "c".repeat(101)] },
  role: { valid: ["a", "dev-flow_logs@1"], faulty: ["", "a b", "a/b", "r".repeat(65)] },
};

test.each(Object.entries(CASES))("a name of kind %s", (kind, { valid, faulty }) => {
  const rule: NameRule = NAME_RULES[kind as keyof typeof NAME_RULES];
  expect(valid.filter((name) => nameFaults(rule, name).length > 0)).toEqual([]);
  expect(faulty.filter((name) => nameFaults(rule, name).length === 0)).toEqual([]);
  expect(nameFaults(rule, rule.example)).toEqual([]);
});

test("a fault names the kind, the value, and a valid one", () => {
  expect(nameFaults(NAME_RULES.environment, "Production-Europe")).toEqual([
    {
      what: 'environment name "Production-Europe" has 17 characters; AWS and Groundplan take 2 to 16',
      instead: 'use e.g. "dev"',
    },
    {
      what: 'environment name "Production-Europe" may hold only lower-case letters, digits and single hyphens, a letter first',
      instead: 'use e.g. "dev"',
    },
  ]);
});

test("refuses a platform whose parameters AWS would refuse, and says why", () => {
  expect(nameFaults(NAME_RULES.platform, "awsome")).toEqual([
    {
      what: 'platform name "awsome" is reserved: AWS keeps SSM parameters that begin with aws or ssm',
      instead: 'use e.g. "groundplan"',
    },
  ]);
});

test("a name that fits stays, and a longer one is cut to fit", () => {
  assert(
    property(string({ maxLength: 80 }), integer({ min: 10, max: 64 }), (name, maxLength) => {
      const fitted = fitName(name, maxLength);
      expect(fitted.length).toBeLessThanOrEqual(Math.max(maxLength, 0));
      if (name.length <= maxLength) expect(fitted).toBe(name);
    }),
  );
  expect(fitName("dev-ecr-public-cache-us-east-1", 20)).toMatch(/^dev-ecr-pub-[0-9a-f]{8}$/);
  expect(fitName("a-----------------", 10)).toMatch(/^a-[0-9a-f]{8}$/);
});

test("two names that begin alike stay two", () => {
  assert(
    property(
      uniqueArray(string({ minLength: 1, maxLength: 8 }), { minLength: 2, maxLength: 2 }),
      ([one, other]) => {
        const start = "feature-branch-of-a-long-name-";
        expect(fitName(start + one, 20)).not.toBe(fitName(start + other, 20));
      },
    ),
  );
});
