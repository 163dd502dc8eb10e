import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);
let folder: string;
let requirements: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "groundplan-install-"));
  requirements = join(folder, "requirements.txt");
  writeFileSync(requirements, "# nothing, so that the index is not asked\n");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Installed {
  readonly python: string;
  readonly installed: boolean;
  readonly seconds: number;
}

/** Installs in a process of its own, into a cache of its own. */
async function install(options = "", environment: NodeJS.ProcessEnv = {}): Promise<Installed> {
  const script = `require("@groundplan/local").install({ requirements: ${JSON.stringify(requirements)}, name: "test", ${options} })
    .then((made) => console.log(JSON.stringify(made)), (error) => { console.error(error.message); process.exitCode = 1; });`;
  const { stdout } = await execute(process.execPath, ["-e", script], {
    cwd: join(__dirname, "..", ".."),
    env: { ...process.env, XDG_CACHE_HOME: folder, ...environment },
  });
  return JSON.parse(stdout) as Installed;
}

function cached(): string[] {
  const cache = join(folder, "groundplan");
  return existsSync(cache) ? readdirSync(cache) : [];
}

test("made once, though two ask at once; found the next time; and it runs", async () => {
  const [one, two] = await Promise.all([install(), install()]);
  expect(one?.python).toBe(two?.python);
  // Whoever comes when the other is done has found it.
  expect([one, two].filter(({ installed, seconds }) => installed && seconds > 0).length).toBeGreaterThan(0);
  expect(cached()).toHaveLength(1);
  expect(await install()).toEqual({ python: one?.python, installed: false, seconds: 0 });
  const { stdout } = await execute(one?.python ?? "", [
    "-c",
    "import sys; print(sys.prefix != sys.base_prefix)",
  ]);
  expect(stdout.trim()).toBe("True");
});

test("other requirements are another environment, and what a killed install left is cleared", async () => {
  const { python } = await install();
  const folderOf = join(python, "..", "..");
  rmSync(folderOf, { recursive: true });
  writeFileSync(`${folderOf}.999999999`, "");
  await install();
  expect(existsSync(`${folderOf}.999999999`)).toBe(false);
  writeFileSync(requirements, "# changed\n");
  expect((await install()).python).not.toBe(python);
});

test("planted fault: one that is interrupted is not used half", async () => {
  await expect(install("signal: AbortSignal.timeout(300)")).rejects.toThrow();
  expect(cached()).toEqual([]);
  expect((await install()).installed).toBe(true);
});

test("planted fault: a package that cannot be had is named, and leaves nothing", async () => {
  writeFileSync(requirements, "./no-such-package\n");
  await expect(install()).rejects.toThrow(/cannot install the Python packages[\s\S]*no-such-package/);
  expect(cached()).toEqual([]);
});

test("planted fault: without Python the message says what to install", async () => {
  await expect(install("", { PATH: folder })).rejects.toThrow(
    /no Python 3\.10 or newer on PATH[\s\S]*python3-venv/,
  );
});
