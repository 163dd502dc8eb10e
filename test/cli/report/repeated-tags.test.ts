import type { DiffLine } from "../../../cli/report/diff";
import { withoutRepeatedTags } from "../../../cli/report/repeated-tags";

const line = (sign: DiffLine["sign"], path: string, value: string): DiffLine => ({ sign, path, value });

test("tags_all is not told beside tags", () => {
  const tags = [
    line("-", "tags.Team", '"a"'),
    line("+", "tags.Team", '"b"'),
    line("+", 'tags["x y"]', '"c"'),
  ];
  const all = tags.map((one) => ({ ...one, path: one.path.replace("tags", "tags_all") }));

  expect(withoutRepeatedTags([...tags, ...all])).toEqual(tags);
});

test("one that is computed is not told beside tags", () => {
  const tags = [line("+", "tags.Team", '"b"')];

  expect(withoutRepeatedTags([...tags, line("+", "tags_all", "(known after apply)")])).toEqual(tags);
});

test("a tag of the provider's own stays, beside tags and alone", () => {
  const own = line("+", "tags_all.Cost", '"1"');
  const tags = line("+", "tags.Team", '"b"');
  const other = line("+", "tags_all.Team", '"c"');

  expect(withoutRepeatedTags([own])).toEqual([own]);
  expect(withoutRepeatedTags([tags, own, other])).toEqual([tags, own, other]);
});
