import fc from "fast-check";
import {
  BRANCH_PREFIX,
  branchNames,
  checkBranch,
  checkPreviewName,
  isPreviewName,
  LONGEST_NAME,
} from "../../../cli/preview/name";

test.each([
  ["feature/payment-api", "preview-payment-api"],
  ["bugfix/auth-token", "preview-auth-token"],
  ["HOTFIX/Critical_Issue", "preview-critical-issue"],
  ["release/v2.0", "preview-v2-0"],
  ["main", "preview-main"],
  ["alice/payment", "preview-alice-payment"],
  ["feature/é-trade", "preview-e-trade"],
  ["feature/", "preview-feature"],
])("branch %s has the name %s", (branch, name) => {
  expect(branchNames(branch)[0]).toBe(name);
});

test.each(["feature/a-name-that-is-longer-than-all-of-it", "feature/支払い", "fix/pay-支払い", "🚀"])(
  "branch %s has a name with a hash alone: nothing else would say which it is",
  (branch) => {
    const names = branchNames(branch);
    expect(names).toHaveLength(1);
    expect(names[0]).toMatch(/^preview-(?:[a-z0-9-]+-)?[0-9a-f]{8}$/);
    expect(branchNames(branch)).toEqual(names);
  },
);

test("the name with a hash differs by the case of the branch and by the repository", () => {
  const last = (branch: string, repository = "acme/shop") => branchNames(branch, repository).at(-1);
  expect(last("feature/Pay")).not.toBe(last("feature/pay"));
  expect(last("feature/pay")).not.toBe(last("feature/pay", "acme/app"));
});

/** Branches of every kind: Unicode, long, hostile. */
const BRANCH = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 255 }),
  fc.string({ unit: "binary", minLength: 1, maxLength: 100 }),
  fc.stringMatching(/^(?:feature|FIX|release)\/[A-Za-z0-9._/-]{1,60}$/),
  fc.constantFrom(
    "../../etc/passwd",
    "$(id)",
    "a;b",
    "`id`",
    "<script>",
    "-rf",
    "--help",
    "xn--abc",
    "a--b",
    "..",
    "🚀",
  ),
);

/** What the limits of AWS say of a name that is a part of these. */
const LIMITS: readonly (readonly [string, RegExp])[] = [
  ["a load balancer and a target group", /^(?!internal-)[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$/],
  ["a DNS label, none in Punycode", /^(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/],
  ["an RDS instance", /^(?!.*--)[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/],
  ["a bucket", /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/],
  ["a database, with underscores", /^[a-z][a-z0-9-]{0,62}$/],
];

test("every branch has a name that each service of AWS takes, whatever is in the branch", () => {
  fc.assert(
    fc.property(BRANCH, fc.string(), (branch, repository) => {
      for (const name of branchNames(branch, repository)) {
        expect(isPreviewName(name)).toBe(true);
        expect(name.length).toBeLessThanOrEqual(LONGEST_NAME);
        expect(name.startsWith(BRANCH_PREFIX)).toBe(true);
        for (const [what, form] of LIMITS) expect([what, name, form.test(name)]).toEqual([what, name, true]);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("no two branches share a name when each takes the first that no other has", () => {
  const similar = fc.constantFrom(
    "feature/pay",
    "fix/pay",
    "Feature/PAY",
    "pay",
    "feature/pay_",
    "pay/",
    "feature//pay",
  );
  fc.assert(
    fc.property(fc.uniqueArray(fc.oneof(similar, BRANCH), { maxLength: 30 }), (branches) => {
      const owners = new Map<string, string>();
      for (const branch of branches) {
        const name = branchNames(branch, "acme/shop").find((one) => !owners.has(one));
        expect(name).toBeDefined();
        owners.set(name as string, branch);
      }
      expect(owners.size).toBe(branches.length);
    }),
    { numRuns: 500 },
  );
});

test.each(["payment-api", "a1", "a".repeat(31)])("takes the name %s", (name) => {
  expect(checkPreviewName(name)).toBe(name);
});

test.each([
  "",
  "a",
  "A",
  "1a",
  "-a",
  "a-",
  "a--b",
  "a_b",
  "a.b",
  "a/b",
  "..",
  "a".repeat(32),
  "internal-a",
  "ä",
  "a\n",
  "a b",
  "$(id)",
])("refuses the name %j, and says what to write", (name) => {
  expect(() => checkPreviewName(name)).toThrow(/invalid name of a preview.*\n.*e\.g\. payment-api/);
});

test.each(["", "a b", "a\u0000", "a~1", "a:b", "a".repeat(256)])("refuses the branch %j", (branch) => {
  expect(() => checkBranch(branch)).toThrow(/invalid branch/);
});

test("takes a branch as it is", () => {
  expect(checkBranch("feature/支払い-$(id)")).toBe("feature/支払い-$(id)");
});
