import { leastGradualMinutes } from "@groundplan/modules/observability";

test("the slowest alarm counts, and two minutes until it is seen", () => {
  const quick = { periodSeconds: 60, breaching: 1, of: 1 };
  expect(leastGradualMinutes([quick])).toBe(3);
  expect(leastGradualMinutes([quick, { periodSeconds: 60, breaching: 2, of: 5 }])).toBe(4);
  expect(leastGradualMinutes([quick, { periodSeconds: 300, breaching: 1, of: 1 }])).toBe(7);
});

test("three bad minutes of the duration are the longest of a function", () => {
  expect(leastGradualMinutes()).toBe(5);
});
