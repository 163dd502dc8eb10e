import { readFileSync } from "node:fs";
import { join } from "node:path";
import { notes, release } from "../../../tools/release/changelog.mjs";

const BEFORE = "# Changelog\n\n## Unreleased\n\n- Written by hand.\n\n## 0.1.0 (2026-01-02)\n\n- First.\n";

test("what is unreleased, and what changesets say, becomes the section of the next version", () => {
  const after = release(BEFORE, "0.2.0", "2026-02-03", ["A change.\nIts second line.\n", "Another."]);
  expect(after).toBe(`# Changelog

## Unreleased

## 0.2.0 (2026-02-03)

- Written by hand.
- A change.
  Its second line.
- Another.

## 0.1.0 (2026-01-02)

- First.
`);
  expect(notes(after, "0.2.0")).toBe("- Written by hand.\n- A change.\n  Its second line.\n- Another.\n");
  expect(notes(after, "0.1.0")).toBe("- First.\n");
});

test("a changelog without an earlier version", () => {
  const after = release("# Changelog\n\n## Unreleased\n\n- One.\n", "0.1.0", "2026-02-03", []);
  expect(after).toBe("# Changelog\n\n## Unreleased\n\n## 0.1.0 (2026-02-03)\n\n- One.\n");
});

test("a version that has no section has no notes; one whose number only begins alike is another", () => {
  expect(notes(BEFORE, "0.2.0")).toBeUndefined();
  expect(notes("## 0.1.01 (2026-01-02)\n\n- x\n", "0.1.0")).toBeUndefined();
});

test("refuses a release of nothing, a second of the same version, and a changelog without its first section", () => {
  const empty = "# Changelog\n\n## Unreleased\n";
  expect(() => release(empty, "0.2.0", "2026-02-03", [])).toThrow("nothing is unreleased");
  expect(() => release(BEFORE, "0.1.0", "2026-02-03", ["x"])).toThrow("has a section of 0.1.0 already");
  expect(() => release("# Changelog\n", "0.1.0", "2026-02-03", ["x"])).toThrow('no line "## Unreleased"');
});

test("this repository's changelog can be released", () => {
  const text = readFileSync(join(__dirname, "../../../CHANGELOG.md"), "utf8");
  const after = release(text, "999.0.0", "2026-02-03", ["Last."]);
  expect(notes(after, "999.0.0")).toMatch(/^- [\s\S]*- Last\.\n$/);
});
