import { imageRequest, type RequestOptions } from "../../../../cli/artifact/ami/request";
import { imageTags, tagsOf } from "../../../../cli/artifact/ami/tags";

const SHA = "0123456789abcdef0123456789abcdef01234567";
const OPTIONS: RequestOptions = {
  image: "vxlan-graviton",
  regions: ["us-east-1", "us-west-2"],
  way: "copy",
  run: "42-1",
  source: { repository: "octo-org/platform", ref: "refs/heads/main", sha: SHA },
  time: new Date("2026-11-30T12:00:00Z"),
};

test("a commit makes a private, encrypted image; a tag one that can be public", () => {
  expect(imageRequest(OPTIONS)).toMatchObject({
    channel: "dev",
    encrypted: true,
    name: "vxlan-graviton-dev-20261130-0123456",
    version: "dev-20261130-0123456",
  });
  expect(imageRequest({ ...OPTIONS, tag: "v1.2.0" })).toMatchObject({
    channel: "release",
    encrypted: false,
    name: "vxlan-graviton-1.2.0",
    version: "1.2.0",
  });
});

test.each<[string, Partial<RequestOptions>, RegExp]>([
  ["a tag that is no version", { tag: "latest" }, /tag "latest" is not a version\n.*use three numbers/],
  [
    "an encrypted release",
    { tag: "v1.2.0", encrypted: true },
    /an encrypted AMI cannot be public\n.*without --encrypted/,
  ],
  ["a release with a key", { tag: "v1.2.0", kmsKey: "alias/images" }, /an encrypted AMI cannot be public/],
  ["a key without encryption", { encrypted: false, kmsKey: "alias/images" }, /--kms-key names a key/],
  [
    "a key of one Region",
    { kmsKey: "arn:aws:kms:us-east-1:1:key/a" },
    /is of one Region, and the image goes to 2/,
  ],
  ["no Region", { regions: [] }, /in which Regions\?\n.*--regions us-east-1,us-west-2/],
  ["what is no Region", { regions: ["us-east-1a"] }, /"us-east-1a" is not a Region/],
  ["a Region twice", { regions: ["us-east-1", "us-east-1"] }, /Region us-east-1 is named twice/],
  [
    "more Regions than a tag holds",
    { regions: Array.from({ length: 17 }, (_, at) => `us-east-${at % 10}`) },
    /17 Regions are more than 16/,
  ],
  ["an image of another form", { image: "VXLAN; rm -rf /" }, /is not a name\n/],
  ["no commit", { source: { ...OPTIONS.source, sha: "unknown" } }, /commit "unknown" is not a commit/],
  ["a run of another form", { run: "a b" }, /run "a b" is not an id/],
])("%s is refused before anything is built", (_, wrong, message) => {
  expect(() => imageRequest({ ...OPTIONS, ...wrong })).toThrow(message);
});

test("all that is wrong is said at once", () => {
  const build = () => imageRequest({ ...OPTIONS, tag: "latest", image: "", encrypted: true, regions: [] });
  expect(build).toThrow(/is not a name.*is not a version.*cannot be public.*in which Regions/s);
});

test("everything has its tags from the first moment, those of the seed too", () => {
  const tags = tagsOf(imageRequest({ ...OPTIONS, tag: "v1.2.0" }));
  expect(tags).toEqual({
    "groundplan:image": "vxlan-graviton",
    "groundplan:run": "42-1",
    "groundplan:channel": "release",
    "groundplan:regions": "us-east-1 us-west-2",
    GitHubRepository: "octo-org/platform",
    GitHubRef: "refs/heads/main",
    GitHubSHA: SHA,
    Version: "1.2.0",
    BuildDate: "2026-11-30T12:00:00.000Z",
  });
  expect(imageTags(tags).map(({ ResourceType, Tags }) => [ResourceType, Tags?.length])).toEqual([
    ["image", 9],
    ["snapshot", 9],
  ]);
  const long = { ...OPTIONS, source: { ...OPTIONS.source, ref: `refs/heads/${"x".repeat(300)}` } };
  expect(tagsOf(imageRequest(long)).GitHubRef).toHaveLength(256);
});
