import {
  isLogRetention,
  LOG_RETENTION_DAYS,
  retentionFaults,
} from "@groundplan/modules/observability/retention";

test("the values of CloudWatch Logs pass, and those between them do not", () => {
  expect(LOG_RETENTION_DAYS).toHaveLength(22);
  expect(LOG_RETENTION_DAYS.every(isLogRetention)).toBe(true);
  expect([0, 2, 15, 31, 91, 364, 3654, 14.5, -1].some(isLogRetention)).toBe(false);
});

test("refuses a retention that CloudWatch Logs does not offer, and names those that it does", () => {
  expect(retentionFaults("logRetentionDays", 30)).toEqual([]);
  expect(retentionFaults("logRetentionDays", 31)).toEqual([
    {
      what: "logRetentionDays is 31: CloudWatch Logs does not offer it",
      instead: expect.stringContaining("use one of 1, 3, 5, 7"),
    },
  ]);
});
