import { hold, type Range, rangeOf } from "../../../../cli/report/risks/cidr";
import { build } from "../../groundplan";
import { stoppable } from "./in-time";

const range = (cidr: string) => rangeOf(cidr) as Range;

test.each([
  [["0.0.0.0/0"], "10.0.0.0/8", true],
  [["10.0.0.0/8"], "0.0.0.0/0", false],
  [["10.0.0.0/9", "10.128.0.0/9"], "10.0.0.0/8", true],
  [["10.0.0.0/9", "10.128.0.0/10"], "10.0.0.0/8", false],
  [["10.1.2.3/8"], "10.200.0.0/16", true],
  [["::/0"], "2001:db8::/32", true],
  [["2001:db8::/32"], "2001:db8:1::1/128", true],
  [["2001:db8::/32"], "2001:db9::/32", false],
  [["::/0"], "0.0.0.0/0", false],
])("%j hold %s: %s", (ranges, one, expected) => {
  expect(hold(ranges.map(range), range(one))).toBe(expected);
});

test.each([
  "",
  "10.0.0.0",
  "10.0.0/8",
  "10.0.0.256/8",
  "10.0.0.0/33",
  "::/129",
  "1::2::3/4",
  "1:2:3/4",
  "g::/0",
  "pl-1",
])("%j is no range", (text) => {
  expect(rangeOf(text)).toBeUndefined();
});

// How long they take is a figure of `npm run bench`; here they come to an end.
test("many ranges within the world", () => {
  build();
  const many = Array.from({ length: 65_536 }, (_, at) => `10.${at >> 8}.${at & 255}.0/24`);
  const held = stoppable(
    `const { hold, rangeOf } = require("./cidr");
    const many = input.map(rangeOf);
    const one = rangeOf("10.0.0.0/8");
    console.log(JSON.stringify([hold(many, rangeOf("0.0.0.0/0")), hold(many, one), hold(many.slice(1), one)]));`,
    many,
  );
  expect(held).toEqual([false, true, false]);
}, 150_000);
