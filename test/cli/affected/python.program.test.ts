import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { isPython } from "../../../cli/affected/python";
import { config, SmallRepository } from "./small";

/** An app with one stack, `shop`, whose server has a size that a package says. */
const MAIN = `import json, os
from company_constructs import SIZE
out = os.environ.get("CDKTF_OUTDIR", "cdktf.out")
os.makedirs(f"{out}/stacks/shop", exist_ok=True)
json.dump({"resource": {"terraform_data": {"server": {"input": SIZE}}}}, open(f"{out}/stacks/shop/cdk.tf.json", "w"))
json.dump({"version": "0.21.0", "stacks": {"shop": {"name": "shop", "constructPath": "shop", "workingDirectory": "stacks/shop",
  "synthesizedStackPath": "stacks/shop/cdk.tf.json", "annotations": [], "dependencies": []}}}, open(f"{out}/manifest.json", "w"))
`;

import { temporaryFolder } from "../../temporary-folder";

let repository: SmallRepository;
const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
  repository?.remove();
});

/** A virtual environment, without pip, for all tests: it takes seconds to make one. */
const environment = temporaryFolder("venv");
let packages = "";
beforeAll(() => {
  execFileSync("python3", ["-m", "venv", "--without-pip", environment]);
  const ask = 'import sysconfig; print(sysconfig.get_paths()["purelib"])';
  packages = execFileSync(join(environment, "bin", "python"), ["-c", ask], { encoding: "utf8" }).trim();
});

/** Lets the environment be active; the folder of its packages, which is empty. */
function activate(): string {
  process.env.VIRTUAL_ENV = environment;
  process.env.PATH = `${join(environment, "bin")}:${before.PATH}`;
  rmSync(packages, { recursive: true, force: true });
  mkdirSync(packages);
  return packages;
}

/** Puts a version of the package where an installation would. */
function installed(folder: string, version: number): void {
  writeFileSync(join(folder, "company_constructs.py"), `SIZE = "t3.size${version}"\n`);
}

/** A version of the package as PyPI has it. */
function wheel(version: number): Buffer {
  const info = `company_constructs-${version}.dist-info`;
  const files = {
    "company_constructs.py": `SIZE = "t3.size${version}"\n`,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: company-constructs\nVersion: ${version}\n`,
    [`${info}/WHEEL`]: "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    [`${info}/RECORD`]: "",
  };
  return Buffer.from(
    zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))),
  );
}

function small(some: Readonly<Record<string, string>>): SmallRepository {
  return new SmallRepository({
    "cdktf.json": config("python3 main.py", { language: "python" }),
    "main.py": MAIN,
    ...some,
  });
}

test("with the same requirements the environment that is active serves both sides", async () => {
  repository = small({ "requirements.txt": "company-constructs==2\n" });
  installed(activate(), 2);
  repository.write("readme.md", "changed");
  expect(await repository.affected()).toMatchObject({ stacks: [], unaffected: ["shop"] });
  repository.write("main.py", MAIN.replace('"input": SIZE', '"input": SIZE + "x"'));
  expect(await repository.reasons()).toEqual(["terraform_data.server: input"]);
});

test("with other requirements the base gets packages of its own", async () => {
  // GIVEN what CI does on the branch: the second version is installed
  repository = small({
    "requirements.txt": "--no-index\n--find-links wheels\n-r more.txt\n",
    "more.txt": "company-constructs==1\n",
  });
  for (const version of [1, 2]) {
    mkdirSync(join(repository.path, "wheels"), { recursive: true });
    writeFileSync(
      join(repository.path, "wheels", `company_constructs-${version}-py3-none-any.whl`),
      wheel(version),
    );
  }
  repository.commit();
  repository.write("more.txt", "company-constructs==2\n");
  installed(activate(), 2);
  // WHEN
  const result = await repository.affected();
  // THEN
  expect(result.everything).toBeUndefined();
  expect(result.stacks.map(({ name, reasons }) => [name, reasons])).toEqual([
    ["shop", ["terraform_data.server: input"]],
  ]);
  expect(repository.said).toEqual(["the base's Python packages are not the head's: installed"]);
});

test("planted fault: with another lock that cannot be installed it is never that nothing is affected", async () => {
  // Neither pipenv takes it for a lock, nor has every machine a pipenv.
  repository = small({ "Pipfile.lock": "one" });
  repository.write("Pipfile.lock", "two");
  installed(activate(), 2);
  const { everything, stacks } = await repository.affected();
  expect(everything).toMatchObject({
    side: "base",
    reason: expect.stringContaining("the base's packages cannot be installed: pipenv sync"),
  });
  expect(stacks.map(({ name }) => name)).toEqual(["shop"]);
});

test.each([
  [
    "another lock without what installs it",
    { "environment.yml": "a" },
    { "environment.yml": "b" },
    "environment.yml is no lock",
  ],
  ["a package that is a folder of the repository", { "setup.cfg": "-e ./lib" }, {}, "setup.cfg is no lock"],
])("planted fault: %s makes everything affected, and says why", async (_, base, head, reason) => {
  repository = small(base as Readonly<Record<string, string>>);
  for (const [file, text] of Object.entries(head)) repository.write(file, text);
  installed(activate(), 2);
  expect((await repository.affected()).everything?.reason).toContain(reason);
  // Who prepares the base says what it is made of.
  expect((await repository.affected("HEAD", "true")).everything).toBeUndefined();
});

test.each([
  ["company.pth", (path: string) => `${path}\n`],
  [
    "company_constructs-1.dist-info/direct_url.json",
    (path: string) => JSON.stringify({ url: `file://${path}` }),
  ],
])(
  "planted fault: an environment that leads to files of the head by %s does not serve the base",
  async (file, text) => {
    repository = small({ "setup.py": "", "lib/company_constructs.py": 'SIZE = "one"\n' });
    const lib = join(repository.path, "lib");
    mkdirSync(dirname(join(activate(), file)), { recursive: true });
    writeFileSync(join(packages, file), text(lib));
    process.env.PYTHONPATH = lib;
    repository.write("lib/company_constructs.py", 'SIZE = "two"\n');
    expect((await repository.affected()).everything?.reason).toContain("setup.py is no lock");
  },
);

test("PYTHONPATH leads the base to its own files", async () => {
  repository = small({ "lib/company_constructs.py": 'SIZE = "one"\n' });
  process.env.PYTHONPATH = join(repository.path, "lib");
  repository.write("lib/company_constructs.py", 'SIZE = "two"\n');
  expect(await repository.reasons()).toEqual(["terraform_data.server: input"]);
});

test("an environment that the app names by its path in the project serves the base", async () => {
  repository = small({ "cdktf.json": config(".venv/bin/python main.py") });
  installed(activate(), 2);
  symlinkSync(environment, join(repository.path, ".venv"));
  process.env = { ...before };
  expect(await repository.affected()).toMatchObject({ stacks: [], unaffected: ["shop"] });
});

test.each([
  "python3 main.py",
  "pipenv run python main.py",
  "cd x && .venv/bin/python main.py",
  "uv run main.py",
])("%s is an app in Python", (app) => expect(isPython({ app })).toBe(true));

test.each(["node main.js", "npx ts-node python.ts", "go run ."])("%s is none", (app) => {
  expect(isPython({ app })).toBe(false);
  expect(isPython({ app, language: "python" })).toBe(true);
});
