import { scheduleFaults } from "@groundplan/modules/service/schedule";

const faultOf = (expression: string, timezone?: string) =>
  scheduleFaults({ expression, ...(timezone === undefined ? {} : { timezone }) })
    .map(({ what }) => what)
    .join();

test.each([
  "rate(1 minute)",
  "rate(7 days)",
  "at(2026-12-24T18:00:00)",
  "cron(0 8 ? * MON-FRI *)",
  "cron(*/15 * * * ? *)",
  "cron(0 18 L * ? *)",
  "cron(0 18 15W * ? *)",
  "cron(0 9 ? JAN,JUL 2#1 2026-2030)",
  "cron(5/10 0-6,22,23 1,15 * ? *)",
  "cron(0 0 ? * 6L *)",
])("takes %s", (expression) => {
  expect(faultOf(expression)).toBe("");
});

test.each([
  ["every hour", "is none"],
  ["rate(0 minutes)", "is not a rate"],
  ["rate(5)", "is not a rate"],
  ["rate(5 seconds)", "is not a rate"],
  ["at(2026-12-24)", "is not a moment"],
  ["at(2026-13-24T18:00:00)", "is not a moment"],
  ["at(2026-12-24T18:00:00Z)", "is not a moment"],
  ["cron(0 8 * * *)", "has 5 fields, and EventBridge wants 6"],
  ["cron(0 8 * * * *)", 'wants "?" in one of day of the month and day of the week'],
  ["cron(0 8 ? * ? *)", 'wants "?" in one of'],
  ["cron(60 8 ? * MON *)", 'has no minute in "60"'],
  ["cron(0 24 ? * MON *)", 'has no hour in "24"'],
  ["cron(0 8 ? * MUN *)", 'has no day of the week in "MUN"'],
  ["cron(0 8 ? * 2#6 *)", 'has no day of the week in "2#6"'],
  ["cron(0 8 32 * ? *)", 'has no day of the month in "32"'],
  ["cron(0 8 ? 13 MON *)", 'has no month in "13"'],
  ["cron(0 8 ? * MON 1969)", 'has no year in "1969"'],
  ["cron(0/ 8 ? * MON *)", 'has no minute in "0/"'],
  ["cron(0  8 ? * MON)", "has no hour"],
])("refuses %s", (expression, what) => {
  expect(faultOf(expression)).toContain(what);
});

test("a time zone is one of the IANA database", () => {
  expect(faultOf("rate(1 hour)", "Europe/Berlin")).toBe("");
  expect(faultOf("rate(1 hour)", "Berlin")).toBe('timezone "Berlin" is not in the IANA database');
});
