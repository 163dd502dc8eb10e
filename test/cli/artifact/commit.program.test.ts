import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { commitOf, isBehind } from "../../../cli/artifact/commit";
import { temporaryFolder } from "../../temporary-folder";

let folder: string;

beforeEach(() => {
  folder = temporaryFolder("commit");
});

const git = (...args: readonly string[]) =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { cwd: folder })
    .toString()
    .trim();

function commit(text: string): string {
  writeFileSync(join(folder, "file"), text);
  git("add", ".");
  git("commit", "--quiet", "-m", text);
  return git("rev-parse", "HEAD");
}

test("a folder is at a commit, or has changes beside it", async () => {
  expect(await commitOf(folder)).toBe("unknown");
  git("init", "--quiet");
  const first = commit("a");
  expect(await commitOf(folder)).toBe(first);
  writeFileSync(join(folder, "file"), "b");
  expect(await commitOf(folder)).toBe(`${first}+changes`);
});

test("a folder is behind a commit that came after its own, and no other", async () => {
  expect(await isBehind(folder, "a".repeat(40))).toBe(false);
  git("init", "--quiet");
  const first = commit("a");
  const second = commit("b");
  expect(await isBehind(folder, first)).toBe(false);
  expect(await isBehind(folder, second)).toBe(false);
  git("checkout", "--quiet", first);
  expect(await isBehind(folder, second)).toBe(true);
  expect(await isBehind(folder, `${second}+changes`)).toBe(true);
  for (const other of ["unknown", "f".repeat(40)]) expect(await isBehind(folder, other)).toBe(false);
  const beside = commit("c");
  git("checkout", "--quiet", second);
  expect(await isBehind(folder, beside)).toBe(false);
});
