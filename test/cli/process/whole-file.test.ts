import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeWholeFile } from "../../../cli/process/whole-file";
import { temporaryFolder } from "../../temporary-folder";

let folder: string;

beforeEach(() => {
  folder = temporaryFolder("whole");
});

test("replaces a link, and leaves what it leads to", () => {
  const other = join(folder, "other");
  writeFileSync(other, "precious");
  symlinkSync(other, join(folder, "file"));
  symlinkSync(other, join(folder, `file.${process.pid}`));
  writeWholeFile(join(folder, "file"), "new");
  expect([readFileSync(join(folder, "file"), "utf8"), readFileSync(other, "utf8")]).toEqual([
    "new",
    "precious",
  ]);
  expect(readdirSync(folder).sort()).toEqual(["file", "other"]);
});

test("leaves what was there, and nothing half-written, when it cannot be replaced", () => {
  mkdirSync(join(folder, "file", "below"), { recursive: true });
  expect(() => writeWholeFile(join(folder, "file"), "new")).toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect(readdirSync(folder)).toEqual(["file"]);
});

test("writes first where it is told", () => {
  mkdirSync(join(folder, "staging"));
  writeWholeFile(join(folder, "file"), Buffer.from("new"), join(folder, "staging"));
  expect([readFileSync(join(folder, "file"), "utf8"), readdirSync(join(folder, "staging"))]).toEqual([
    "new",
    [],
  ]);
});
