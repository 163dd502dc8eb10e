import { isWorkingTime } from "../../../cli/preview/hours";

test.each([
  ["2026-11-05T08:00:00Z", "08:00-19:00", undefined, true],
  ["2026-11-05T07:59:59Z", "08:00-19:00", undefined, false],
  ["2026-11-05T19:00:00Z", "08:00-19:00", undefined, false],
  ["2026-11-05T07:00:00Z", "08:00-19:00", "Europe/Paris", true],
  ["2026-07-02T06:00:00Z", "08:00-19:00", "Europe/Paris", true],
  ["2026-11-07T12:00:00Z", "08:00-19:00", undefined, false],
  ["2026-11-05T23:00:00Z", "22:00-06:00", undefined, true],
  ["2026-11-05T12:00:00Z", "22:00-06:00", undefined, false],
  ["2026-11-05T03:00:00Z", "08:00-19:00", "Mars/Olympus", true],
])("at %s, hours %s in %s: %s", (time, hours, timezone, works) => {
  expect(isWorkingTime({ hours, ...(timezone === undefined ? {} : { timezone }) }, Date.parse(time))).toBe(
    works,
  );
});
