import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { FileChange } from "../../../cli/generate/draft";
import { undoUnfinished, writeAll } from "../../../cli/generate/write";
import { build } from "../groundplan";
import { makePlatform, put, tree } from "./fixture";

/** Two files in new folders, and two that are changed. */
function changesOf(root: string): readonly FileChange[] {
  const before = tree(root);
  return [
    { path: "services/orders/src/index.ts", before: undefined, after: "one\n" },
    { path: "stacks/index.ts", before: before["stacks/index.ts"], after: "two\n" },
    { path: "services/orders/package.json", before: undefined, after: "three\n" },
    { path: "platform.ts", before: before["platform.ts"], after: "four\n" },
  ];
}

test("writes every file, and keeps nothing of its own", () => {
  const root = makePlatform();
  const before = tree(root);
  writeAll(root, changesOf(root));
  expect(tree(root)).toEqual({
    ...before,
    "services/orders": "(folder)",
    "services/orders/package.json": "three\n",
    "services/orders/src": "(folder)",
    "services/orders/src/index.ts": "one\n",
    "stacks/index.ts": "two\n",
    "platform.ts": "four\n",
  });
  expect(existsSync(join(root, ".groundplan/new"))).toBe(false);
});

test("planted fault: a file that cannot be written undoes those before it", () => {
  const root = makePlatform();
  const changes = changesOf(root);
  // A folder stands where the file is to be.
  mkdirSync(join(root, "docs/late.md"));
  const before = tree(root);
  const late = { path: "docs/late.md/x.md", before: undefined, after: "" };
  put(root, "docs/late.md/x.md/y", "");
  expect(() => writeAll(root, [...changes, late])).toThrow();
  rmSync(join(root, "docs/late.md/x.md"), { recursive: true });
  expect(tree(root)).toEqual(before);
});

test("refuses a file that has changed since it was read, and writes none", () => {
  const root = makePlatform();
  const changes = changesOf(root);
  put(root, "platform.ts", "somebody's\n");
  const before = tree(root);
  expect(() => writeAll(root, changes)).toThrow(/^platform\.ts has changed meanwhile: nothing was written/);
  expect(tree(root)).toEqual(before);
});

test("refuses a folder that is a link out of the project", () => {
  const [root, elsewhere] = [makePlatform(), makePlatform()];
  symlinkSync(elsewhere, join(root, "services/orders"));
  expect(() => writeAll(root, changesOf(root))).toThrow(/a link leads out of/);
  expect(existsSync(join(elsewhere, "src"))).toBe(false);
});

describe("killed while it writes", () => {
  beforeAll(build);

  /** Writes in a process of its own that is killed right before one of its changes of the file system. */
  function killed(root: string, at: number): boolean {
    const module = join(__dirname, "../../../cli/dist/generate/write.js");
    const script = `
      const fs = require("node:fs");
      let left = ${at};
      for (const name of ["mkdirSync", "renameSync", "rmSync", "writeFileSync"]) {
        const real = fs[name];
        fs[name] = (...args) => (left-- === 0 ? process.kill(process.pid, "SIGKILL") : real(...args));
      }
      require(${JSON.stringify(module)}).writeAll(${JSON.stringify(root)}, ${JSON.stringify(changesOf(root))});
    `;
    return spawnSync(process.execPath, ["-e", script]).signal === "SIGKILL";
  }

  test("at any point, the next run finds all files as they were, or all as they were to be", () => {
    const whole = makePlatform();
    const before = tree(whole);
    writeAll(whole, changesOf(whole));
    const after = tree(whole);
    const ends: string[] = [];
    for (let at = 0; ; at += 1) {
      const root = makePlatform();
      if (!killed(root, at)) break;
      undoUnfinished(root);
      const now = JSON.stringify(tree(root));
      expect([JSON.stringify(before), JSON.stringify(after)]).toContain(now);
      ends.push(now === JSON.stringify(before) ? "before" : "after");
    }
    // One way only: once they are written, they stay.
    expect([...new Set(ends)]).toEqual(["before", "after"]);
    expect(ends.filter((end) => end === "before").length).toBeGreaterThan(8);
  });

  test("what somebody has changed since stays", () => {
    const root = makePlatform();
    const before = tree(root);
    // Until a file and a change are written.
    for (let at = 0; tree(root)["stacks/index.ts"] !== "two\n"; at += 1) {
      undoUnfinished(root);
      killed(root, at);
    }
    put(root, "stacks/index.ts", "somebody's\n");
    expect(undoUnfinished(root)).toEqual(["services/orders/src/index.ts"]);
    expect(tree(root)).toEqual({ ...before, "stacks/index.ts": "somebody's\n" });
  });
});

test("refuses a journal that a checkout has brought, of files elsewhere", () => {
  const [root, elsewhere] = [makePlatform(), makePlatform()];
  const path = join("..", elsewhere.split("/").at(-1) ?? "", "platform.ts");
  const after = tree(elsewhere)["platform.ts"];
  put(root, ".groundplan/new/journal.json", JSON.stringify({ changes: [{ path, after }], folders: [] }));
  expect(() => undoUnfinished(root)).toThrow(/lies outside of/);
  expect(tree(elsewhere)["platform.ts"]).toBe(after);
  put(root, ".groundplan/new/journal.json", "{}");
  expect(() => undoUnfinished(root)).toThrow(/journal\.json cannot be read/);
});
