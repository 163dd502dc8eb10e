import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./temporary-folder";

const ROOT = join(__dirname, "..");

/**
 * With `GROUNDPLAN_FRESH=1` the set-up installs all packages and compiles everything anew, which is more than half of what
 * this costs: nightly.yml does it, and so does each run of CI, in its own clone, before any test.
 */
const IS_FRESH = process.env.GROUNDPLAN_FRESH === "1";

let folder: string;
let clone: string;

beforeAll(() => {
  folder = temporaryFolder("readme");
  clone = join(folder, "groundplan");
  const { status, stderr } = spawnSync("git", ["clone", "--quiet", "--no-hardlinks", ROOT, clone], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`git clone failed\n${stderr}`);
  if (!IS_FRESH) bringInstalled();
});

afterAll(() => {
  // Whatever happened above, nothing goes on running.
  npm("run", "stop");
  rmSync(folder, { recursive: true, force: true });
});

/**
 * Links the packages of this checkout into the clone, and copies what is compiled, which the set-up then compiles again where
 * a source differs. Where that cannot be, as between two file systems, the set-up installs them.
 */
function bringInstalled(): void {
  for (const workspace of [".", "cli", "local", "modules"]) {
    for (const [name, how] of [
      ["node_modules", "-al"],
      ["dist", "-a"],
    ] as const) {
      const [from, to] = [join(ROOT, workspace, name), join(clone, workspace, name)];
      if (!existsSync(from)) continue;
      if (spawnSync("cp", [how, from, to]).status !== 0) rmSync(to, { recursive: true, force: true });
    }
  }
}

function npm(...args: readonly string[]) {
  const { CI: _, ...env } = process.env;
  return spawnSync("npm", args, { cwd: clone, env, encoding: "utf8", input: "", timeout: 800_000 });
}

test("npm start in a fresh clone stands dev up, and npm run stop ends all of it", async () => {
  // WHEN
  // Any free port, chosen when it is used: the installation before takes minutes.
  const started = npm("start", "--", "--port", "0");
  const output = started.stdout + started.stderr;
  // THEN
  if (started.status !== 0) throw new Error(`npm start ended with ${started.status}\n${output}`);
  if (IS_FRESH) expect(output).toContain("installing npm packages");
  for (const phase of ["Synthesize", "Start AWS", "Bootstrap", "Plan dev", "Deploy dev", "Plan again"]) {
    expect(output).toContain(phase);
  }
  expect(output).toContain("a second plan is empty");
  const { stdout } = npm("exec", "--", "groundplan", "local", "status", "--json");
  const { endpoint } = JSON.parse(stdout);
  await expect(fetch(`${endpoint}/_groundplan/status`)).resolves.toMatchObject({ ok: true });
  // AND
  const stopped = npm("run", "stop");
  expect(stopped.status).toBe(0);
  await expect(fetch(`${endpoint}/_groundplan/status`)).rejects.toThrow("fetch failed");
});
