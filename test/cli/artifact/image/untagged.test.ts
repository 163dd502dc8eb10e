import type { Manifest } from "../../../../cli/artifact/image/manifest";
import { leftUntagged } from "../../../../cli/artifact/image/untagged";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const listed = (letter: string, ...tags: readonly string[]) => ({
  digest: digest(letter),
  tags,
  time: "2026-11-30T12:00:00.000Z",
  size: 1,
});

const descriptor = (letter: string) => ({ mediaType: "m", digest: digest(letter), size: 1 });

/** Manifests by the letter of their digests: whose parts, and about which. */
function repository(manifests: Readonly<Record<string, { children?: string; subject?: string }>>) {
  return async (wanted: string): Promise<Manifest | undefined> => {
    const found = Object.entries(manifests).find(([letter]) => digest(letter) === wanted)?.[1];
    if (!found) return undefined;
    return {
      mediaType: "m",
      digest: wanted,
      content: new Uint8Array(),
      children: [...(found.children ?? "")].map((letter) => descriptor(letter)),
      blobs: [],
      subject: found.subject === undefined ? undefined : descriptor(found.subject),
    };
  };
}

test("an image that a killed publish has left without a tag is found", async () => {
  const read = repository({ a: {}, b: {} });
  expect(await leftUntagged([listed("a", "v1")], [listed("b")], read)).toEqual([listed("b")]);
});

test("signatures and SBOMs are not images that were left, whether their image is there or not", async () => {
  const read = repository({ a: {}, b: { subject: "a" }, c: { subject: "f" } });
  expect(await leftUntagged([listed("a", "v1")], [listed("b"), listed("c")], read)).toEqual([]);
});

test("the platforms of an index that has a tag belong to it", async () => {
  const read = repository({ a: { children: "bc" }, b: {}, c: {}, d: {} });
  const untagged = [listed("b"), listed("c"), listed("d")];
  expect(await leftUntagged([listed("a", "v1")], untagged, read)).toEqual([listed("d")]);
});

test("of an index without a tag the index alone is listed", async () => {
  const read = repository({ a: { children: "b" }, b: {} });
  expect(await leftUntagged([], [listed("b"), listed("a")], read)).toEqual([listed("a")]);
});

test("what is gone meanwhile is not listed", async () => {
  expect(await leftUntagged([], [listed("a")], repository({}))).toEqual([]);
});
