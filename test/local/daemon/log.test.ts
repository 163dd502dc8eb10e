import { closeSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openLog } from "../../../local/daemon/log";
import { appendLine } from "../../../local/files/private";
import { temporaryFolder } from "../../temporary-folder";

let folder: string;

beforeEach(() => {
  folder = temporaryFolder("log");
});

afterEach(() => rmSync(folder, { recursive: true }));

const textOf = (name: string) => readFileSync(join(folder, name), "utf8");

test("a line is there as soon as it is added, behind what another start has left", () => {
  for (const line of ["one", "two"]) {
    const log = openLog(folder, "gateway.log");
    appendLine(log, line);
    expect(textOf("gateway.log").split("\n").at(-2)).toBe(line);
    closeSync(log);
  }
  expect(textOf("gateway.log")).toBe("one\ntwo\n");
  expect(statSync(join(folder, "gateway.log")).mode & 0o777).toBe(0o600);
});

test("a large log is set aside, and one that is not stays", () => {
  const large = `${"x".repeat(11 * 2 ** 20)}\n`;
  writeFileSync(join(folder, "gateway.log"), large);
  closeSync(openLog(folder, "gateway.log"));
  expect(textOf("gateway.log")).toBe("");
  expect(textOf("gateway.log.1")).toBe(large);
  appendLine(openLog(folder, "gateway.log"), "one");
  closeSync(openLog(folder, "gateway.log"));
  expect(textOf("gateway.log")).toBe("one\n");
});

test("planted fault: a log that cannot be written ends no answer", () => {
  const log = openLog(folder, "gateway.log");
  closeSync(log);
  expect(() => appendLine(log, "lost")).not.toThrow();
  expect(textOf("gateway.log")).toBe("");
});
