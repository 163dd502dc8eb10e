import { newerPinned } from "../../../../cli/artifact/image/pin";
import { isPinnedTag, pinnedTag } from "../../../../cli/artifact/image/reference";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const image = (letter: string, ...tags: readonly string[]) => ({
  digest: digest(letter),
  tags: ["v1", ...tags],
  time: "",
  size: 1,
});

test("the tag of a pinned image is of its digest", () => {
  expect(pinnedTag(digest("a"))).toBe("pinned-aaaaaaaaaaaa");
  expect(isPinnedTag(pinnedTag(digest("a")))).toBe(true);
  for (const tag of ["pinned-", "pinned-latest", "unpinned-aaaaaaaaaaaa"])
    expect(isPinnedTag(tag)).toBe(false);
});

test("those are counted that were pushed later and have been pinned", () => {
  const pinned = (letter: string) => image(letter, pinnedTag(digest(letter)));
  const images = [pinned("a"), image("b"), pinned("c"), pinned("d"), image("e")];
  expect(["a", "b", "c", "d", "e"].map((letter) => newerPinned(images, digest(letter)))).toEqual([
    0, 1, 1, 2, 3,
  ]);
  expect(newerPinned(images, digest("f"))).toBe(0);
});
