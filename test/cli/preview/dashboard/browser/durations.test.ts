import { countdown, pricesOf, spanOf, timeOf } from "../../../../../cli/preview/dashboard/browser/durations";

const NOW = Date.parse("2026-11-30T16:00:00Z");

test.each([
  ["2026-12-02T20:30:00Z", "in 2 d 4 h", "later"],
  ["2026-12-20T20:30:00Z", "in 20 d", "later"],
  ["2026-12-01T16:00:00Z", "in 1 d", "later"],
  ["2026-12-01T15:59:00Z", "in 23 h 59 min", "soon"],
  ["2026-11-30T16:12:59Z", "in 12 min", "soon"],
  ["2026-11-30T16:00:30Z", "in under a minute", "soon"],
  ["2026-11-30T16:00:00Z", "under a minute overdue", "gone"],
  ["2026-11-30T13:00:00Z", "3 h overdue", "gone"],
  ["tomorrow", "unknown", "soon"],
])("what goes at %s goes %s", (expiresAt, words, urgency) => {
  expect(countdown(expiresAt, NOW)).toEqual({ words, urgency });
});

test("a span has two units at the most", () => {
  expect([0, 59_999, 60_000, 3_600_000, 90_000_000].map(spanOf)).toEqual([
    "under a minute",
    "under a minute",
    "1 min",
    "1 h",
    "1 d 1 h",
  ]);
});

test("a time is written in UTC, and a text that is none stays", () => {
  expect(timeOf("2026-11-30T17:05:59+01:00")).toBe("2026-11-30 16:05 UTC");
  expect(timeOf("<b>")).toBe("<b>");
});

test("a month has 730 hours", () => {
  expect(pricesOf(43.8)).toEqual({ month: "$43.80", day: "$1.44" });
  expect(pricesOf(1234.5).month).toBe("$1,234.50");
  expect(pricesOf(0)).toEqual({ month: "$0.00", day: "$0.00" });
});
