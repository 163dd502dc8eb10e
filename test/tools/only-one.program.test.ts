import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Run, runProgram } from "../program";
import { temporaryFolder } from "../temporary-folder";

const MODULE = join(__dirname, "..", "..", "tools", "setup", "only-one.mjs");

let folder: string;
let lock: string;

beforeEach(() => {
  folder = temporaryFolder("only-one");
  lock = join(folder, "lock");
});

/** Takes the lock in a process of its own, after a command of the shell; it ends when it says that it waits. */
function take(before = "true"): Promise<Run> {
  const script = `import { onlyOne } from ${JSON.stringify(MODULE)};
    await onlyOne(process.argv[1], async () => console.log("done"), (pid) => { console.log("waits for", pid); process.exit(3); });`;
  const node = [process.execPath, "--input-type=module", "--eval", script, lock];
  return runProgram("bash", ["-c", `${before}; exec "$@"`, "bash", ...node]);
}

test("a lock that cannot be written, as on a full disk, is removed, and says why", async () => {
  const full = await take("ulimit -f 0");
  expect([full.code, full.output]).toEqual([1, expect.stringContaining("EFBIG")]);
  expect(existsSync(lock)).toBe(false);
  // Planted fault: without the limit it is taken.
  expect(await take()).toMatchObject({ code: 0, output: "done\n" });
});

test.each([undefined, "", "nobody", "-1"])(
  "a lock that names no process (%j) goes stale",
  async (content) => {
    mkdirSync(lock);
    if (content !== undefined) writeFileSync(join(lock, "pid"), content);
    const old = new Date(Date.now() - 6000);
    utimesSync(lock, old, old);
    expect(await take()).toMatchObject({ code: 0, output: "done\n" });
    expect(readdirSync(folder)).toEqual([]);
  },
);

test("whoever waits says for which process", async () => {
  mkdirSync(lock);
  writeFileSync(join(lock, "pid"), String(process.pid));
  expect(await take()).toMatchObject({ code: 3, output: `waits for ${process.pid}\n` });
});
