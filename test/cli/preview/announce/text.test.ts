import fc from "fast-check";
import { marked } from "marked";
import { announcement, goneText } from "../../../../cli/preview/announce/text";
import { HOSTILE } from "../../report/html/hostile";
import { record } from "../dashboard/records";

/** What GitHub would make of a text: elements that are not the comment's own. */
function strangers(markdown: string): readonly string[] {
  const html = String(marked.parse(markdown, { gfm: true, async: false }));
  const own = /^(?:h3|table|thead|tbody|tr|th|td|code|p|pre|a)$/;
  const elements = [...html.matchAll(/<([a-z][\w-]*)([^>]*)>/gi)];
  return elements.flatMap(([whole, name = "", rest = ""]) => {
    if (!own.test(name)) return [whole];
    if (name === "a") return /^ href="https:\/\/[^"]*"$/.test(rest) ? [] : [whole];
    return rest === "" || /^ align="\w+"$/.test(rest) ? [] : [whole];
  });
}

const hostile = (text: string) =>
  record(text, {
    owner: text,
    template: text,
    status: text,
    branch: text,
    commit: text,
    endpoint: text,
    logGroup: text,
    expiresAt: text,
    failure: text,
    run: { url: text },
  });

test("its own elements are all that a plain one has", () => {
  const text = announcement({ preview: record("preview-pay", { failure: "a\nb" }), region: "us-east-1" });
  expect(strangers(text)).toEqual([]);
  expect(text.split("\n").filter((line) => line.startsWith("|"))).toHaveLength(8);
});

test.each([
  ...HOSTILE,
  "@octocat #1 org/repo#2 GH-3",
  "a | b | c",
  "`code` ```` fence",
  "](https://evil.example)",
  "https://evil.example/)[x](javascript:alert(1))",
  "https://evil.example/?a|b`c",
  "a\n\n# heading\n- [ ] task",
  "<details><summary>x",
])("%j is text, in every place of it", (name) => {
  for (const status of ["active", "failed", name]) {
    const text = announcement({ preview: { ...hostile(name), status }, region: name });
    expect(strangers(text)).toEqual([]);
    // A mention outside of code would send mail.
    const html = String(marked.parse(text, { gfm: true, async: false }));
    expect(html.replaceAll(/<(code|pre)\b[^>]*>[\s\S]*?<\/\1>/g, "")).not.toMatch(
      /@octocat|#1\b|evil\.example(?!\/[^"]*">)/,
    );
    expect(text.split("\n").filter((line) => line.startsWith("| "))).toHaveLength(7);
  }
  expect(strangers(goneText({ name, receipt: { resources: [], left: [name] } }))).toEqual([]);
});

test("a thousand made-up ones have nothing of their own either", () => {
  const markup = fc.string({
    unit: fc.constantFrom(..."`|<>[]()!*_~#@\\\n\r \t&;:/-.ahtps=\"'\u202e\u0301"),
  });
  fc.assert(
    fc.property(markup, markup, (one, other) => {
      const preview = { ...hostile(one), owner: other, failure: `${other}${one}` };
      expect(strangers(announcement({ preview, region: "us-east-1" }))).toEqual([]);
      expect(strangers(goneText({ name: one, receipt: { resources: [], left: [other] } }))).toEqual([]);
    }),
    { numRuns: 1000, seed: 15 },
  );
});

test("what is not code would be found", () => {
  expect(strangers("| <img src=x> | [a](javascript:b) |")).not.toEqual([]);
  expect(strangers("- a list")).not.toEqual([]);
});

test("a price that nobody knows is not made up", () => {
  expect(announcement({ preview: record("a", { cost: undefined }) })).toContain("| Price | not known |");
  expect(announcement({ preview: record("a", { cost: { monthly: Number.NaN } }) })).toContain(
    "| Price | not known |",
  );
});
