import { moneyWords } from "../../../cli/cost/money";

test.each([
  [0, "$0.00", "$0.00"],
  [43.8, "$43.80", "+$43.80"],
  [-32.85, "−$32.85", "−$32.85"],
  [1_234_567.891, "$1,234,567.89", "+$1,234,567.89"],
  // Less than a cent is not nothing.
  [0.0004, "<$0.01", "+<$0.01"],
  [-0.0004, "−<$0.01", "−<$0.01"],
  // What floating point leaves of nothing is nothing.
  [1e-12, "$0.00", "$0.00"],
])("%d is %s, as a difference %s", (dollars, plain, signed) => {
  const amount = { low: dollars, high: dollars };
  expect(moneyWords(amount)).toBe(plain);
  expect(moneyWords(amount, { sign: true })).toBe(signed);
});

test("a range is said as one, unless both are the same in cents", () => {
  expect(moneyWords({ low: 4.38, high: 43.8 })).toBe("$4.38 to $43.80");
  expect(moneyWords({ low: -1, high: 2 }, { sign: true })).toBe("−$1.00 to +$2.00");
  expect(moneyWords({ low: 1.001, high: 1.004 })).toBe("$1.00");
});
