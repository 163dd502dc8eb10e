import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openFile } from "../../../cli/process/open";
import { temporaryFolder } from "../../temporary-folder";

/** A program of the desktop's stands in: it is called with the file, and ends with a code. */

const PATH = process.env.PATH;
let folder: string;
beforeEach(() => {
  folder = temporaryFolder("open");
  process.env.PATH = `${folder}:/usr/bin:/bin`;
});
afterEach(() => {
  process.env.PATH = PATH;
  rmSync(folder, { recursive: true });
});

function program(name: string, code: number): void {
  writeFileSync(join(folder, name), `#!/bin/sh\nprintf '%s|' "$@" > "${folder}/called"\nexit ${code}\n`);
  chmodSync(join(folder, name), 0o755);
}

test.each([
  ["linux", "xdg-open", "a b.html|"],
  ["darwin", "open", "a b.html|"],
  ["win32", "cmd", "/c|start||a b.html|"],
] as const)("on %s %s is called with the file", async (platform, name, words) => {
  program(name, 0);
  await openFile("a b.html", platform);
  expect(readFileSync(join(folder, "called"), "utf8")).toBe(words);
});

test("where there is no browser, or no such program, it is said what to do", async () => {
  program("xdg-open", 3);
  await expect(openFile("a.html", "linux")).rejects.toThrow(
    "a.html cannot be opened\n  xdg-open ended with 3\n  open it in a browser yourself",
  );
  process.env.PATH = join(folder, "none");
  await expect(openFile("a.html", "linux")).rejects.toThrow("ENOENT");
});
