import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./temporary-folder";

const ROOT = join(__dirname, "..");

let folder: string;
let clone: string;

beforeAll(() => {
  folder = temporaryFolder("readme");
  clone = join(folder, "groundplan");
  const { status, stderr } = spawnSync("git", ["clone", "--quiet", "--no-hardlinks", ROOT, clone], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`git clone failed\n${stderr}`);
});

afterAll(() => {
  // Whatever happened above, nothing goes on running.
  npm("run", "stop");
  rmSync(folder, { recursive: true, force: true });
});

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
  expect(output).toContain("installing npm packages");
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
