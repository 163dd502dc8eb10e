import { countWords } from "../../../cli/plan/stack-plan";

test("numbers in words, one or several", () => {
  expect(countWords({ create: 2, replace: 1, update: 0 })).toBe("2 to create, 1 to replace");
  expect(countWords({ delete: 1, outputs: 1 })).toBe("1 to delete, 1 output changes");
  expect(countWords({ outputs: 2, drift: 1 })).toBe("2 outputs change, 1 drifted");
});
