import { checkTtl, remaining, ttlOf } from "../../../cli/preview/duration";

test.each([
  ["15m", 900_000],
  ["12h", 43_200_000],
  ["7d", 604_800_000],
  ["2w", 1_209_600_000],
  ["90d", 7_776_000_000],
])("%s lives for %d milliseconds", (text, milliseconds) => {
  expect(ttlOf(text)).toBe(milliseconds);
  expect(checkTtl(text)).toBe(milliseconds);
});

test.each(["", "7", "d", "14m", "91d", "0d", "-1d", "1.5d", "7d\n", "7 d", "999999d", "7D"])(
  "%j is no time to live",
  (text) => {
    expect(ttlOf(text)).toBeUndefined();
    expect(() => checkTtl(text)).toThrow(/use 15m to 90d/);
  },
);

test("what is left is said in its two largest units", () => {
  const left = (minutes: number) => remaining(new Date(minutes * 60_000).toISOString(), 0);
  expect([left(8_700), left(200), left(12), left(0)]).toEqual(["6d 1h", "3h 20m", "12m", "over"]);
});
