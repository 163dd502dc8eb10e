import { inOneLine, jsonText, visible, visibleJson, withoutCommands } from "../../../cli/console/visible";

test.each([
  ["a CSI", "a\u001b[2J\u001b[1;31mb", "ab"],
  ["an OSC, to its end", "a\u001b]0;title\u0007b\u001b]8;;https://e.x\u001b\\c", "abc"],
  ["an OSC without an end, to that of the line", "a\u001b]0;title\nb", "a\nb"],
  ["DCS, APC, PM and SOS", "a\u001bPx\u001b\\b\u001b_x\u001b\\c\u001b^x\u001b\\d\u001bXx\u001b\\e", "abcde"],
  ["forms of one byte", "a\u009b2Jb\u009d0;t\u009cc\u0090x\u009cd", "abcd"],
  ["controls", "a\u0000\u0007\b\u007fb", "ab"],
  ["bidi and invisible characters", "a\u202e\u2066\u200b\u200d\u2060\ufeff\u00ad\u3164\u{e0041}b", "ab"],
  ["half a character", "a\ud800b", "a\ufffdb"],
  ["carriage returns and other ends of lines", "a\r\nb\rc\u0085d\u2028e", "a\nb\nc\nd\ne"],
  ["heaped marks", `e${"\u0301".repeat(9)}`, "e\u0301\u0301"],
])("%s is taken out", (_, text, expected) => expect(visible(text)).toBe(expected));

test("what people read stays", () => {
  for (const text of ["plain", "é 日本 עברית 😀 ⚠️", "a\n  b"]) expect(visible(text)).toBe(text);
  expect(inOneLine("a\n\tb")).toBe("a  b");
});

test.each([
  ["::error::x", ": :error::x"],
  ["  ::error::x", "  : :error::x"],
  ["\u001b[31m::error::x", "\u001b[31m: :error::x"],
  ["a\n::group::b", "a\n: :group::b"],
  ["a ##[error]b ###[x]", "a # #[error]b ## #[x]"],
  ["##vso[task.x]", "# #vso[task.x]"],
  ["a::b, ## heading, fd00::1", "a::b, ## heading, fd00::1"],
])("no command of a runner is left in %j", (text, expected) => expect(withoutCommands(text)).toBe(expected));

test("a document in JSON has the same value, and nothing that cannot be seen", () => {
  const value = {
    "k\u202e": ["\u009b31m", "\u2028", "\u{e0041}", "\ud800", "##[error]x", "::error::x", "é😀"],
  };

  for (const text of [jsonText(value), jsonText(value, 0), visibleJson(JSON.stringify(value))]) {
    expect(JSON.parse(text)).toEqual(value);
    expect(text).not.toMatch(/(?!\n)[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]|##\[/u);
    expect(text).toContain("é😀");
  }
  // What is no JSON is made visible all the same.
  expect(visibleJson("\u001b[2J\n::error::x")).toBe("\\u001b[2J\n\\u003a:error::x");
});
