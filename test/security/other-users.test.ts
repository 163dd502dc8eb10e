import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import {
  openToAppend,
  privateFolder,
  privately,
  privateTree,
  spawnPrivately,
  writeNew,
  writeWhole,
} from "../../local/files/private";
import { openFiles } from "./open-files";

/** Another user of the machine: what `local` writes, they cannot read. */

const LOCAL = join(__dirname, "..", "..", "local");

let folder: string;
let umask: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "groundplan-private-"));
  // A user who shares everything: what is private is so by this package alone.
  umask = process.umask(0);
});

afterEach(() => {
  process.umask(umask);
  rmSync(folder, { recursive: true, force: true });
});

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

test("files are 0600 and folders 0700, whatever the user's umask", async () => {
  privateFolder(join(folder, "a", "b"));
  writeWhole(join(folder, "a", "whole"), "x");
  expect(writeNew(join(folder, "a", "new"), "x")).toBe(true);
  openToAppend(join(folder, "a", "logs", "log"));
  const child = spawnPrivately("sh", ["-c", "mkdir made && touch made/file"], { cwd: join(folder, "a") });
  await new Promise((resolve) => child.once("close", resolve));
  expect(openFiles(join(folder, "a"))).toEqual([]);
  expect(modeOf(join(folder, "a", "b"))).toBe("700");
  expect(modeOf(join(folder, "a", "made", "file"))).toBe("600");
});

test("planted fault: without it, the same files are open and are found", () => {
  mkdirSync(join(folder, "a"));
  writeFileSync(join(folder, "a", "file"), "x");
  expect(openFiles(folder)).toEqual(["a (777)", "a/file (666)"]);
});

test("the umask is the user's again afterwards, also when the work fails", () => {
  const fail = () =>
    privately(() => {
      throw new Error("as meant");
    });
  expect(fail).toThrow("as meant");
  expect(process.umask()).toBe(0);
});

test("a folder that an older version left open is closed with all that is in it, and no link out of it is followed", () => {
  const state = join(folder, "state");
  mkdirSync(join(state, "moto"), { recursive: true });
  writeFileSync(join(state, "moto", "state"), "x");
  writeFileSync(join(folder, "outside"), "x");
  symlinkSync(join(folder, "outside"), join(state, "link"));
  chmodSync(join(state, "moto", "state"), 0o644);
  privateTree(state);
  expect(openFiles(state)).toEqual([]);
  expect(modeOf(join(folder, "outside"))).toBe("666");
});

/** Files that are no checkout's state, with how often each is read at once, and why it may be. */
const READ_AT_ONCE: Readonly<Record<string, readonly [number, string]>> = {
  "process/process-file.ts": [1, "the system's own /proc"],
  "install.ts": [1, "the requirements of this package"],
  "pinned-version.ts": [1, "the requirements of this package"],
  "services/ecr/images/blobs.ts": [1, "what was written there under the digest of its content"],
  "cluster/definitions.ts": [1, "what Go has put into the cache"],
  "cluster/rollouts.ts": [1, "the log of a program that was started"],
  "cluster/tools.ts": [3, "sources of this package, and what Go has put into the cache"],
};

describe("a new file cannot be forgotten", () => {
  /** Uses of what makes files and programs, outside the one file that does so privately. */
  function openly(source: string): string[] {
    const imports = [...source.matchAll(/import \{([^}]+)\} from "node:(?:fs|fs\/promises|child_process)"/g)];
    const names = imports.flatMap(([, list = ""]) =>
      list.split(",").map((name) => name.trim().split(" as ")[0] ?? ""),
    );
    const makers = /^(?:write|append|mkdir|mkdtemp|open|copy|cp|link|symlink|spawn|exec(?!FileSync)|fork)/;
    const calls = [...source.matchAll(/(.*)\bexeca\(/g)].filter(
      ([, before = ""]) => !/privately\(\(\) =>\s*$/.test(before),
    );
    return [...names.filter((name) => makers.test(name)), ...calls.map(() => "execa")];
  }

  function sources(at: string): string[] {
    return readdirSync(at, { withFileTypes: true }).flatMap((entry) => {
      const path = join(at, entry.name);
      if (entry.isDirectory())
        return ["dist", "node_modules", "tools"].includes(entry.name) ? [] : sources(path);
      return entry.name.endsWith(".ts") ? [path] : [];
    });
  }

  test("local/ makes files and starts programs in local/files/private.ts alone", () => {
    const found = sources(LOCAL)
      // The reader opens, and makes nothing.
      .filter((path) => !["files/private.ts", "files/read-file.ts"].includes(relative(LOCAL, path)))
      .flatMap((path) =>
        openly(readFileSync(path, "utf8").replaceAll(/\(\) =>\s+execa/g, "() => execa")).map(
          (name) => `${relative(LOCAL, path)}: ${name}`,
        ),
      );
    expect(found).toEqual([]);
  });

  /** How often a source reads a file that it may have to wait for, or that may have no end. */
  function readsAtOnce(source: string): number {
    return [...source.matchAll(/\b(?:readFileSync|readFile|createReadStream|readvSync|readSync)\(/g)].length;
  }

  test("local/ reads what a checkout may bring in local/files/read-file.ts alone", () => {
    const found = sources(LOCAL)
      .map((path) => [relative(LOCAL, path), readFileSync(path, "utf8")] as const)
      .filter(
        ([name, source]) => /from "node:fs(?:\/promises)?"/.test(source) && name !== "files/read-file.ts",
      )
      .flatMap(([name, source]) => (readsAtOnce(source) === 0 ? [] : [[name, readsAtOnce(source)]]));
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(Object.entries(READ_AT_ONCE).map(([name, [count]]) => [name, count])),
    );
  });

  test("planted fault: a bare read is found", () => {
    expect(readsAtOnce('JSON.parse(readFileSync(path, "utf8"))')).toBe(1);
    expect(readsAtOnce("await readFile(path)")).toBe(1);
    expect(readsAtOnce("readSmallFile(path)")).toBe(0);
  });

  test.each([
    ["writeFileSync", 'import { readFileSync, writeFileSync } from "node:fs";'],
    ["mkdir", 'import { mkdir } from "node:fs/promises";'],
    ["spawn", 'import { type ChildProcess, spawn } from "node:child_process";'],
    ["execa", 'const { stdout } = await execa("go", []);'],
  ])("planted fault: %s is found", (name, source) => {
    expect(openly(source)).toEqual([name]);
  });
});
