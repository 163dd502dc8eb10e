import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { CliError } from "../../../cli/console/errors";
import { makeFolder, writeNamed } from "../../../cli/project/writing";
import { temporaryFolder } from "../../temporary-folder";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder("writing");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What is said of a call that has to be refused as a wrong one. */
function refusal(call: () => void): string {
  try {
    call();
  } catch (error) {
    if (error instanceof CliError && error.exitCode === 2) return error.message;
    throw error;
  }
  throw new Error("it was not refused");
}

test("a folder is made with all that are missing above it, and may be there", () => {
  const path = join(folder, "a", "b", "c");

  makeFolder(path, "another");
  makeFolder(path, "another");

  expect(statSync(path).isDirectory()).toBe(true);
});

test("below a file there is no folder", () => {
  const file = join(folder, "file");
  writeFileSync(file, "");

  expect(refusal(() => makeFolder(join(file, "a", "b"), "name another one with --result"))).toBe(
    `the folder ${join(file, "a", "b")} cannot be made\n  ${file} is not a folder\n  name another one with --result`,
  );
});

// Linux alone has it; root and everybody else are refused there.
(existsSync("/proc/self") ? test : test.skip)("in /proc it comes to an end", () => {
  const said = refusal(() => makeFolder("/proc/nowhere/deep/stacks", "name another one with --result"));

  expect(said).toMatch(
    /^the folder \/proc\/nowhere\/deep\/stacks cannot be made\n {2}\/proc .* \(E[A-Z]+\)\n/,
  );
});

test("a file is written, and over what was there", () => {
  const file = join(folder, "x.md");
  writeNamed(file, "one", "--out");
  writeNamed(file, "two", "--out");

  expect(readFileSync(file, "utf8")).toBe("two");
});

test("a file is replaced whole, with the permissions it had, and nothing else is left in its folder", () => {
  const file = join(folder, "x.md");
  writeFileSync(file, "one", { mode: 0o600 });
  // Whoever has it open reads what was there to its end.
  const reader = openSync(file, "r");
  try {
    writeNamed(file, "two", "--out");

    expect(readFileSync(reader, "utf8")).toBe("one");
  } finally {
    closeSync(reader);
  }
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["x.md"]);
});

test("a link is followed, as /dev/stdout is one", () => {
  writeFileSync(join(folder, "target"), "one");
  symlinkSync("target", join(folder, "link"));

  writeNamed(join(folder, "link"), "two", "--out");

  expect(readFileSync(join(folder, "target"), "utf8")).toBe("two");
});

test("a file in a folder that is not there names the folder, and one that is", () => {
  const file = join(folder, "a", "b", "x.md");

  expect(refusal(() => writeNamed(file, "text", "--out"))).toBe(
    `${file} cannot be written\n  there is no folder ${join(folder, "a", "b")}\n  make it first, or name a file in ${folder} with --out`,
  );
  expect(existsSync(join(folder, "a"))).toBe(false);
});

test("a folder is not a file, and neither is what lies below one", () => {
  mkdirSync(join(folder, "a"));
  writeFileSync(join(folder, "file"), "");

  expect(refusal(() => writeNamed(join(folder, "a"), "text", "--out"))).toContain("it is a folder (EISDIR)");
  expect(refusal(() => writeNamed(join(folder, "file", "x.md"), "text", "--out"))).toContain("(ENOTDIR)");
});
