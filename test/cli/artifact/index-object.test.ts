import {
  type Artifact,
  type ArtifactIndex,
  artifactNamed,
  isOlder,
  lastPublications,
  parseIndex,
  withArtifact,
} from "../../../cli/artifact/index-object";

const artifact = (sha256: string, versionId = "v1"): Artifact => ({
  sha256,
  sourceCodeHash: "",
  key: "",
  versionId,
  size: 1,
  commit: `${sha256.slice(0, 2)}99aa`,
  time: "",
});

const INDEX: ArtifactIndex = {
  format: 1,
  service: "api",
  artifacts: [artifact("aabbccdd"), artifact("aabbeeff", "v2")],
};

/** An index as Groundplan writes it. */
const WHOLE: ArtifactIndex = {
  format: 1,
  service: "api",
  artifacts: [
    {
      sha256: "aa".repeat(32),
      sourceCodeHash: Buffer.from("aa".repeat(32), "hex").toString("base64"),
      key: `artifacts/api/${"aa".repeat(32)}.zip`,
      versionId: "v1",
      size: 1,
      commit: "99aa",
      time: "2026-11-21T10:00:00.000Z",
    },
  ],
};

test("an artifact is meant by its hash, its commit or its version", () => {
  expect(artifactNamed(INDEX, "aabbc").sha256).toBe("aabbccdd");
  expect(artifactNamed(INDEX, "v2").sha256).toBe("aabbeeff");
});

test.each([
  ["aabb", /2 artifacts of api named "aabb"/],
  ["aa99aa", /2 artifacts/],
  ["aab", /no artifact of api named "aab"[\s\S]*4 or more characters of one of aabbeeff, aabbccdd/],
])("%s is not clear", (name, message) => {
  expect(() => artifactNamed(INDEX, name)).toThrow(message);
});

test("without any, it says how to publish one", () => {
  expect(() => artifactNamed({ ...INDEX, artifacts: [] }, "aabbcc")).toThrow(
    /groundplan artifact publish api/,
  );
});

test("what is published again is the newest, and one artifact still", () => {
  const [first, second] = INDEX.artifacts;
  if (!first || !second) throw new Error("two are in it");
  const again = withArtifact(INDEX, { ...first, commit: "cc00" });
  expect(again.artifacts.map(({ commit }) => commit)).toEqual(["aa99aa", "aa99aa", "cc00"]);
  expect(artifactNamed(again, first.sha256).commit).toBe("cc00");
  expect(artifactNamed(again, "cc00").sha256).toBe(first.sha256);
  expect(lastPublications(again).map(({ sha256 }) => sha256)).toEqual([second.sha256, first.sha256]);
  expect(isOlder(INDEX, first.sha256, second.sha256)).toBe(true);
  expect(isOlder(again, first.sha256, second.sha256)).toBe(false);
  expect(isOlder(again, first.sha256, first.sha256)).toBe(false);
  expect(isOlder(again, "unknown", first.sha256)).toBe(false);
});

test("the very publication is added once; another object of the hash replaces the one that is gone", () => {
  expect(withArtifact(INDEX, artifact("aabbeeff", "v2"))).toBe(INDEX);
  const again = withArtifact(INDEX, artifact("aabbccdd", "v3"));
  expect(again.artifacts.map(({ versionId }) => versionId)).toEqual(["v2", "v3"]);
});

test.each(["", "{}", '{"format":2,"artifacts":[]}', '{"format":1}'])("%j is no index", (text) => {
  expect(() => parseIndex(text, "s3://b/index/api.json")).toThrow(
    /the index cannot be read[\s\S]*s3:\/\/b\/index/,
  );
  expect(parseIndex(JSON.stringify(WHOLE), "")).toEqual(WHOLE);
});
