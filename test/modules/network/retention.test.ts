import { isLogRetention, LOG_RETENTION_DAYS } from "@groundplan/modules/network/retention";

test("the values of CloudWatch Logs pass, and those between them do not", () => {
  expect(LOG_RETENTION_DAYS).toHaveLength(22);
  expect(LOG_RETENTION_DAYS.every(isLogRetention)).toBe(true);
  expect([0, 2, 15, 31, 91, 364, 3654, 14.5, -1].some(isLogRetention)).toBe(false);
});
