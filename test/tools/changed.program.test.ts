import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../temporary-folder";

const ROOT = join(__dirname, "..", "..");
const CHANGED = join(ROOT, "tools", "test", "changed.mjs");

/** Runs one function of the module, which jest cannot load: it is an ES module. */
function call<T>(name: string, ...args: readonly unknown[]): T {
  const script = `import * as it from ${JSON.stringify(CHANGED)}; console.log(JSON.stringify(it[${JSON.stringify(name)}](...${JSON.stringify(args)})));`;
  return JSON.parse(
    execFileSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" }),
  ) as T;
}

describe("changedFiles", () => {
  let folder: string;
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { cwd: folder });
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);

  beforeEach(() => {
    folder = temporaryFolder("changed");
    git("init", "--quiet", "--initial-branch=main");
    mkdirSync(join(folder, "cli"));
    for (const name of ["kept", "edited", "removed", "older"]) write(`cli/${name}.ts`, "1");
    git("add", ".");
    git("commit", "--quiet", "--message=first");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("names edited and untracked files since the last commit, and no deleted one", () => {
    write("cli/edited.ts", "2");
    write("cli/new ü.ts", "1");
    rmSync(join(folder, "cli/removed.ts"));
    expect(call("changedFiles", folder)).toEqual(["cli/edited.ts", "cli/new ü.ts"]);
  });

  test("names what was committed since the branch left origin/main, and nothing that main has gained", () => {
    git("update-ref", "refs/remotes/origin/main", "HEAD");
    git("switch", "--quiet", "--create", "branch");
    write("cli/edited.ts", "2");
    git("commit", "--quiet", "--all", "--message=second");
    git("switch", "--quiet", "main");
    write("cli/older.ts", "2");
    git("commit", "--quiet", "--all", "--message=third");
    git("update-ref", "refs/remotes/origin/main", "HEAD");
    git("switch", "--quiet", "branch");
    expect(call("changedFiles", folder)).toEqual(["cli/edited.ts"]);
  });
});

describe("relatedTests", () => {
  const tests = [
    "test/cli/state/store.test.ts",
    "test/cli/state/store.emulator.test.ts",
    "test/cli/state/stores.test.ts",
  ];

  test("names the source for its importers, and every kind of test at the mirrored path", () => {
    expect(call("relatedTests", ["cli/state/store.ts"], tests)).toEqual([
      "--findRelatedTests",
      "cli/state/store.ts",
      "test/cli/state/store.test.ts",
      "test/cli/state/store.emulator.test.ts",
    ]);
  });

  test("runs nothing for a page of documentation", () => {
    expect(call("relatedTests", ["docs/state.md", "package-lock.json"], tests)).toEqual([]);
  });
});

test("refuses a revision that Git does not know", () => {
  const { status, stderr } = spawnSync(process.execPath, ["tools/test.mjs", "--changed=no-such-revision"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(stderr).toContain('Git does not know the revision "no-such-revision"');
  expect(status).toBe(2);
});
