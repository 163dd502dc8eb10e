import { hold, type Range, rangeOf } from "../../../../cli/report/risks/cidr";

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

test("many ranges within the world take no time", () => {
  const many = Array.from({ length: 4_000 }, (_, at) => range(`10.${at >> 8}.${at & 255}.0/24`));
  const started = process.cpuUsage();
  expect(hold(many, range("0.0.0.0/0"))).toBe(false);
  expect(process.cpuUsage(started).user / 1e6).toBeLessThan(1);
});
