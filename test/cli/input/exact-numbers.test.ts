import fc from "fast-check";
import { asNumbers, exactNumber, withExactNumbers } from "../../../cli/input/exact-numbers";

test.each([
  ["9007199254740993"],
  ["-9007199254740993"],
  ["0.1234567890123456789"],
  ["12345678901234567890e5"],
])("%s keeps every digit", (number) => {
  const value = JSON.parse(withExactNumbers(`{"a":[${number}]}`)) as { a: [unknown] };
  expect(exactNumber(value.a[0])).toBe(number);
  expect(asNumbers(JSON.stringify(value))).toBe(`{"a":[${number}]}`);
});

test.each([
  ["9007199254740992"],
  ["123456789012"],
  ["0.1"],
  ['"9007199254740993"'],
  ['"a\\"9007199254740993"'],
])("%s stays as it is", (json) => {
  expect(withExactNumbers(json)).toBe(json);
});

test("any JSON comes back as it was", () => {
  fc.assert(
    fc.property(fc.json(), fc.bigInt(), (json, number) => {
      const text = JSON.stringify({ json: JSON.parse(json) as unknown, key: '\\"1234567890123456789' });
      const whole = `[${text},${number}]`;
      expect(asNumbers(JSON.stringify(JSON.parse(withExactNumbers(whole))))).toBe(
        `[${JSON.stringify(JSON.parse(text))},${number}]`,
      );
    }),
  );
});
