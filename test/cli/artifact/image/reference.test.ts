import {
  checkTags,
  commitOfTag,
  commitTag,
  isFixedTag,
  registryHost,
  shortDigest,
} from "../../../../cli/artifact/image/reference";

const COMMIT = "1234567890".repeat(4);
const DIGEST = `sha256:${"ab".repeat(32)}`;

test("the tag of a commit is the commit; what differs from it names its content too", () => {
  expect(commitTag(COMMIT, DIGEST)).toBe(COMMIT);
  expect(commitTag(`${COMMIT}+changes`, DIGEST)).toBe(`${COMMIT}-changes-abababababab`);
  expect(commitTag("unknown", DIGEST)).toBe("content-abababababab");
  for (const commit of [COMMIT, `${COMMIT}+changes`, "unknown"]) {
    expect(isFixedTag(commitTag(commit, DIGEST))).toBe(true);
  }
  for (const tag of ["v1.2.3", "develop-latest", "1234567"]) expect(isFixedTag(tag)).toBe(false);
  expect(commitOfTag(COMMIT)).toBe(COMMIT);
  expect(commitOfTag(`${COMMIT}-changes-abababababab`)).toBeUndefined();
  expect(shortDigest(DIGEST)).toBe("abababababab");
});

test("a tag of one's own is taken, and one that moves where the repository lets it", () => {
  expect(() => checkTags(["v1.2.3", "develop-latest"], false, "a")).not.toThrow();
  expect(() => checkTags(["v1.2.3"], true, "a")).not.toThrow();
});

test.each<[string, boolean, RegExp]>([
  ["-v1", false, /is not a tag/],
  ["a b", false, /is not a tag/],
  [COMMIT, false, /has the form of a commit's/],
  ["pinned-abababababab", false, /has the form of a pinned image's/],
  ["develop-latest", true, /is one that moves, and repository a has immutable tags/],
])("refuses the tag %s", (tag, immutable, message) => {
  expect(() => checkTags([tag], immutable, "a")).toThrow(message);
});

test("China has a domain of its own", () => {
  expect(registryHost("1", "us-east-1")).toBe("1.dkr.ecr.us-east-1.amazonaws.com");
  expect(registryHost("1", "cn-north-1")).toBe("1.dkr.ecr.cn-north-1.amazonaws.com.cn");
});
