import {
  type CachedProgram,
  type ProgramStore,
  renewProgram,
} from "../../../services/runner-core/src/program";

const SHA = { x64: "a".repeat(64), arm64: "b".repeat(64) };
const API = "https://api.github.com";

/** A release as GitHub lists it. */
function release(version: string, change: object = {}) {
  const asset = (architecture: "x64" | "arm64") => ({
    name: `actions-runner-linux-${architecture}-${version}.tar.gz`,
    browser_download_url: `https://github.com/actions/runner/releases/download/v${version}/${architecture}`,
    digest: `sha256:${SHA[architecture]}`,
    ...change,
  });
  return { tag_name: `v${version}`, assets: [asset("x64"), asset("arm64")] };
}

/** What is done in the bucket, in the order in which it is. */
async function renew(answer: object, current?: CachedProgram, refuses = false): Promise<readonly string[]> {
  const done: string[] = [];
  const store: ProgramStore = {
    current: async () => current,
    bring: async (url) => {
      if (refuses) throw new Error("has not the checksum");
      done.push(`bring ${url.split("/").at(-1)}`);
    },
    prune: async (kept) => void done.push(`keep ${kept.map((digits) => digits[0]).join("")}`),
    publish: async (program) => void done.push(`publish ${JSON.stringify(program)}`),
  };
  const session = { asInstallation: async <T>() => ({ data: answer as T, isLast: true }) };
  await renewProgram(session, store, API, () => undefined).catch((error: Error) => done.push(error.message));
  return done;
}

test("a newer program is brought, and said to be there once both archives are", async () => {
  const published = `publish ${JSON.stringify({ version: "2.350.0", sha256: SHA })}`;
  expect(await renew(release("2.350.0"))).toEqual(["bring x64", "bring arm64", published, "keep ab"]);
  const before = { x64: "c".repeat(64), arm64: "d".repeat(64) };
  const done = await renew(release("2.350.0"), { version: "2.349.1", sha256: before });
  // An instance that has read of the one before still finds it.
  expect(done.at(-1)).toBe("keep abcd");
});

test.each(["2.350.0", "2.350.1", "2.1000.0"])(
  "the program stays when the release is no newer than %s",
  async (version) => {
    expect(await renew(release("2.350.0"), { version, sha256: SHA })).toEqual([]);
  },
);

test.each<[string, object, RegExp]>([
  ["a version that is none", { tag_name: "latest", assets: [] }, /is not a version/],
  ["no archive", { tag_name: "v2.350.0", assets: [] }, /has no actions-runner-linux-x64/],
  ["no checksum", release("2.350.0", { digest: null }), /names no checksum/],
  ["another kind of checksum", release("2.350.0", { digest: "md5:1" }), /names no checksum/],
  [
    "an address without TLS",
    release("2.350.0", { browser_download_url: "http://example.com/a" }),
    /without TLS/,
  ],
])("a release with %s leaves the bucket as it is", async (_, answer, message) => {
  expect(await renew(answer)).toEqual([expect.stringMatching(message)]);
});

test("an archive whose checksum is another is not said to be there", async () => {
  expect(await renew(release("2.350.0"), undefined, true)).toEqual(["has not the checksum"]);
});
