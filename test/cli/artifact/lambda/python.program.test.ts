import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { buildArtifact } from "../../../../cli/artifact/lambda/build";
import { zip } from "../../../../cli/artifact/lambda/zip";
import { serviceNamed } from "../../../../cli/artifact/service";
import { temporaryFolder } from "../../../temporary-folder";

let root: string;

beforeEach(() => {
  root = temporaryFolder("python");
  // pip looks for wheels there, and in no registry.
  process.env.PIP_NO_INDEX = "1";
  process.env.PIP_FIND_LINKS = join(root, "wheels");
});

afterEach(() => {
  delete process.env.PIP_NO_INDEX;
  delete process.env.PIP_FIND_LINKS;
  rmSync(root, { recursive: true });
});

function write(path: string, content: string | Uint8Array): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** A wheel of `thing`, with machine code; gives its hash. */
function wheel(tag: string, machine = 183): string {
  const elf = Buffer.alloc(64);
  elf.write("\x7fELF", 0, "latin1");
  elf.set([2, 1], 4);
  elf.writeUInt16LE(machine, 18);
  const info = "thing-1.0.dist-info";
  const files: Record<string, Uint8Array> = {
    "thing/__init__.py": Buffer.from("ONE = 1\n"),
    "thing/fast.so": elf,
    [`${info}/METADATA`]: Buffer.from("Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n"),
    [`${info}/WHEEL`]: Buffer.from(
      `Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: ${tag}\n`,
    ),
  };
  files[`${info}/RECORD`] = Buffer.from(
    [...Object.keys(files), `${info}/RECORD`].map((path) => `${path},,\n`).join(""),
  );
  const { bytes } = zip(files);
  write(`wheels/thing-1.0-${tag}.whl`, bytes);
  return createHash("sha256").update(bytes).digest("hex");
}

const MAIN = "def handler(event, context):\n    return event\n";

function project(files: Readonly<Record<string, string>>) {
  for (const [path, content] of Object.entries({ "requirements.txt": "", "main.py": MAIN, ...files }))
    write(`services/web/${path}`, content);
  return { root, app: "", output: join(root, "cdktf.out") };
}

const built = async (made: ReturnType<typeof project>) => buildArtifact(made, serviceNamed(made, "web"));
const requirements = (...hashes: readonly string[]) =>
  `thing==1.0 \\\n${hashes.map((hash) => `    --hash=sha256:${hash}`).join(" \\\n")}\n`;

test("sources and the wheels of their requirements go in, twice the same bytes, and nothing of tools", async () => {
  const arm = wheel("cp313-cp313-manylinux_2_28_aarch64");
  const intel = wheel("cp313-cp313-manylinux_2_28_x86_64", 62);
  const made = project({
    "requirements.txt": requirements(arm, intel),
    "app/page.html": "<p>",
    "app/__pycache__/x.pyc": "x",
    "tests/test_main.py": "",
    ".venv/x": "x",
    "README.md": "x",
  });
  const one = await built(made);
  expect(Object.keys(unzipSync(one.bytes))).toEqual([
    "app/page.html",
    "main.py",
    "thing-1.0.dist-info/METADATA",
    "thing-1.0.dist-info/WHEEL",
    "thing/__init__.py",
    "thing/fast.so",
  ]);
  expect((await built(made)).sha256).toBe(one.sha256);
});

test("the wheels are those of the function's processor and Python", async () => {
  const intel = wheel("cp312-cp312-manylinux2014_x86_64", 62);
  const made = project({
    "requirements.txt": requirements(wheel("cp313-cp313-manylinux_2_28_aarch64"), intel),
    "groundplan.json": '{ "runtime": "python3.12", "architecture": "x86_64" }',
  });
  expect(unzipSync((await built(made)).bytes)["thing/fast.so"]?.[18]).toBe(62);
});

test("planted fault: a requirement without a wheel for the processor is told, and not compiled", async () => {
  const hash = wheel("cp313-cp313-manylinux_2_28_x86_64", 62);
  await expect(built(project({ "requirements.txt": requirements(hash) }))).rejects.toThrow(
    /pip cannot install its wheels for python3\.13 on arm64[\s\S]*thing==1\.0 has no wheel there, and nothing is compiled/,
  );
});

test("planted fault: a wheel with another hash is refused", async () => {
  wheel("cp313-cp313-manylinux_2_28_aarch64");
  await expect(built(project({ "requirements.txt": requirements("0".repeat(64)) }))).rejects.toThrow(
    /pip cannot install its wheels/,
  );
});

test.each([
  [
    "requirements without hashes",
    { "requirements.txt": "thing==1.0\n" },
    /requirements without a hash.*: thing==1\.0[\s\S]*--generate-hashes/,
  ],
  [
    "dependencies without a lock",
    { "pyproject.toml": '[project]\ndependencies = ["thing"]\n' },
    /has dependencies in pyproject\.toml, and no lock[\s\S]*uv lock/,
  ],
  [
    "no file of the handler",
    { "groundplan.json": '{ "handler": "app.handler" }' },
    /has no app\.py, which its handler/,
  ],
  ["no function of the handler", { "main.py": "x = 1\n" }, /has no function handler in main\.py/],
  ["a runtime of Node", { "groundplan.json": '{ "runtime": "nodejs22.x" }' }, /no runtime for python/],
])("planted fault: %s is refused", async (_, files, message) => {
  const made = project(files);
  if ("pyproject.toml" in files) rmSync(join(root, "services/web/requirements.txt"));
  await expect(built(made)).rejects.toThrow(message);
});
