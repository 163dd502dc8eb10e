import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { line, sayPaged, terminalColumns } from "../../../cli/console/output";
import { temporaryFolder } from "../../temporary-folder";

/** Standard output stands in for a terminal of ten rows. */

let folder: string;
let shown: string;
const before = { isTTY: process.stdout.isTTY, rows: process.stdout.rows, columns: process.stdout.columns };
beforeEach(() => {
  folder = temporaryFolder("paged");
  shown = "";
  jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    shown += text;
    return true;
  });
  Object.assign(process.stdout, { isTTY: true, rows: 10, columns: 120 });
});
afterEach(() => {
  jest.restoreAllMocks();
  Object.assign(process.stdout, before);
  rmSync(folder, { recursive: true });
});

const lines = (count: number) => Array.from({ length: count }, (_, at) => line`line ${at}`);
const pager = () => join(folder, "paged");
const env = (PAGER: string) => ({ PATH: process.env.PATH, PAGER });

test("what a terminal has no room for goes to the pager, as it is told for less", () => {
  sayPaged(lines(10), env(`cat > '${pager()}'; printf "$LESS" >> '${pager()}'`));
  expect(readFileSync(pager(), "utf8")).toBe(`${lines(10).join("\n")}\nFRX`);
  expect(shown).toBe("");
});

test.each([
  ["what fits", 9, true, "write"],
  ["what is no terminal's", 50, false, "write"],
])("%s is printed", (_, count, isTTY) => {
  Object.assign(process.stdout, { isTTY });
  sayPaged(lines(count), env(`cat > '${pager()}'`));
  expect(existsSync(pager())).toBe(false);
  expect(shown).toBe(`${lines(count).join("\n")}\n`);
});

test.each(["", "cat", "no-such-pager"])("with the pager %j it is printed", (name) => {
  sayPaged(lines(30), env(name));
  expect(shown).toBe(`${lines(30).join("\n")}\n`);
});

test("columns are the terminal's, and nobody's elsewhere", () => {
  expect(terminalColumns()).toBe(120);
  Object.assign(process.stdout, { columns: 0 });
  expect(terminalColumns()).toBe(80);
  Object.assign(process.stdout, { isTTY: false });
  expect(terminalColumns()).toBeUndefined();
});
