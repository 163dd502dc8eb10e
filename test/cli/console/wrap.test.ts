import { line, paint } from "../../../cli/console/output";
import { wrapped } from "../../../cli/console/wrap";

const text = (words: string, columns: number, hang?: number) =>
  wrapped(line`${words}`, columns, hang).map(String);

test("a line that fits stays, and one that does not goes on indented, with no word broken", () => {
  expect(text("one two", 20)).toEqual(["one two"]);
  expect(text("one two three four five", 12)).toEqual(["one two", "  three four", "  five"]);
  expect(text("  - one two three", 12, 4)).toEqual(["  - one two", "      three"]);
});

test("a word that is longer than the terminal is wide is not broken", () => {
  const address = `module.${"a".repeat(40)}.aws_x.b`;
  expect(text(`moved from ${address} today`, 20)).toEqual(["moved from", `  ${address}`, "  today"]);
});

test("spaces that align stay, and letters of two columns count as such", () => {
  expect(text("a      1   2", 20)).toEqual(["a      1   2"]);
  expect(text("日本語日本 日本語", 12)).toEqual(["日本語日本", "  日本語"]);
});

test("whatever is asked, something fits", () => {
  expect(text("one two three", 1)).toEqual(["one two", "  three"]);
});

test("colours go on in the next line", () => {
  const { columns } = { columns: 12 };
  const lines = wrapped(line`${paint.bad("one two three")}`, columns).map(String);
  expect(lines.map((one) => one.trimEnd())).toEqual(["one two", "  three"]);
});
