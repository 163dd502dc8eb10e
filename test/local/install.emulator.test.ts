import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "../temporary-folder";

const execute = promisify(execFile);
let folder: string;
let requirements: string;

beforeEach(() => {
  folder = temporaryFolder("install");
  requirements = join(folder, "requirements.txt");
  writeFileSync(requirements, "# nothing, so that the index is not asked\n");
});

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

test("the system's pip installs into the environment, or the environment's own where that is too old to", async () => {
  const ownPip = ({ python }: Installed) => execute(python, ["-m", "pip", "--version"]);
  await expect(ownPip(await install())).rejects.toThrow("No module named pip");

  const bin = join(folder, "bin");
  mkdirSync(bin);
  const { stdout: real } = await execute("python3", ["-c", "import sys; print(sys.executable)"]);
  const old = 'case "$*" in *pip*--version) echo "pip 22.2.2 from /usr";; *)';
  writeFileSync(join(bin, "python3"), `#!/bin/sh\n${old} exec "${real.trim()}" "$@";; esac\n`, {
    mode: 0o755,
  });
  writeFileSync(requirements, "# another\n");
  const PATH = `${bin}:${process.env.PATH}`;
  await expect(ownPip(await install("", { PATH }))).resolves.toMatchObject({
    stdout: expect.stringMatching(/^pip /),
  });
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

/** A wheel that needs nothing, with its hash: what the index would serve. */
async function wheel(): Promise<{ readonly name: string; readonly hash: string }> {
  const name = "groundplan_probe-1.0-py3-none-any.whl";
  const script = `import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as made:
    made.writestr("groundplan_probe.py", "")
    made.writestr("groundplan_probe-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: groundplan-probe\\nVersion: 1.0\\n")
    made.writestr("groundplan_probe-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    made.writestr("groundplan_probe-1.0.dist-info/RECORD", "")`;
  await execute("python3", ["-c", script, join(folder, name)]);
  const hash = createHash("sha256")
    .update(readFileSync(join(folder, name)))
    .digest("hex");
  return { name, hash };
}

test("a package is installed by its hash, and no other file in its place", async () => {
  const { hash } = await wheel();
  const offline = { PIP_NO_INDEX: "1", PIP_FIND_LINKS: folder };
  writeFileSync(requirements, `groundplan-probe==1.0 --hash=sha256:${hash}\n`);
  const { python } = await install("", offline);
  await execute(python, ["-c", "import groundplan_probe"]);

  // Planted faults: a file of another hash, and a line without one.
  for (const [line, reason] of [
    [`groundplan-probe==1.0 --hash=sha256:${"0".repeat(64)}`, /DO NOT MATCH THE HASHES/],
    ["groundplan-probe==1.0", /--require-hashes/],
  ] as const) {
    writeFileSync(requirements, `${line}\n`);
    const message = await install("", offline).then(String, (error: Error) => error.message);
    expect(message).toMatch(reason);
    expect(message).toMatch(/npm run requirements/);
  }
});

test("planted fault: a package that would run code of its own to be built is refused", async () => {
  const source = join(folder, "source");
  mkdirSync(source);
  const marker = join(folder, "ran");
  writeFileSync(join(source, "setup.py"), `open(${JSON.stringify(marker)}, "w")\n`);
  await execute("tar", ["czf", join(folder, "groundplan_probe-1.0.tar.gz"), "-C", folder, "source"]);
  const hash = createHash("sha256")
    .update(readFileSync(join(folder, "groundplan_probe-1.0.tar.gz")))
    .digest("hex");
  writeFileSync(requirements, `groundplan-probe==1.0 --hash=sha256:${hash}\n`);
  await expect(install("", { PIP_NO_INDEX: "1", PIP_FIND_LINKS: folder })).rejects.toThrow(
    /No matching distribution found/,
  );
  expect(existsSync(marker)).toBe(false);
});

test("planted fault: without Python the message says what to install", async () => {
  await expect(install("", { PATH: folder })).rejects.toThrow(
    /no Python 3\.10 or newer on PATH[\s\S]*python3-venv/,
  );
});
