import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { AffectedResult } from "../../cli/affected/result";
import type { ApplyRun } from "../../cli/apply/result";
import type { Report } from "../../cli/report/model";
import { build, groundplan } from "../cli/groundplan";

/** Small repositories that nobody here has laid out, from what a change touches to its apply. No provider is needed. */

beforeAll(build);

let folder: string;
beforeEach(() => {
  folder = temporaryFolder("any");
});

function write(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

const git = (...args: readonly string[]) =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args], { cwd: folder });

/** Runs the real command; what it printed as JSON. */
async function json<T>(...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await groundplan([...args, "--json"], { cwd: folder });
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}\n${stderr}`);
  return JSON.parse(stdout) as T;
}

/** What says which stacks there are: network and api for two environments; api reads network's state. */
const stacks = (form: string, size: string) => JSON.stringify({ form, size, environments: ["dev", "prod"] });

/** An app in JavaScript, as CDKTF's library would write it. */
const JAVASCRIPT = `const { mkdirSync, writeFileSync } = require("node:fs");
const { form, environments } = require("./stacks.json");
const size = require("size");
const out = process.env.CDKTF_OUTDIR || "cdktf.out";
const stacks = {};
const add = (name, dependencies, json) => {
  mkdirSync(out + "/stacks/" + name, { recursive: true });
  writeFileSync(out + "/stacks/" + name + "/cdk.tf.json", JSON.stringify(json));
  stacks[name] = { name, constructPath: name, workingDirectory: "stacks/" + name,
    synthesizedStackPath: "stacks/" + name + "/cdk.tf.json", annotations: [], dependencies };
};
for (const env of environments) {
  const name = (unit) => form.replace("ENV", env).replace("UNIT", unit);
  const path = (unit) => process.env.STATES + "/" + name(unit) + ".tfstate";
  const local = (unit) => ({ backend: { local: { path: path(unit) } } });
  add(name("api"), [name("network")], { terraform: local("api"),
    data: { terraform_remote_state: { network: { backend: "local", config: { path: path("network") } } } },
    resource: { terraform_data: { api: { input: "\${data.terraform_remote_state.network.outputs.id}" } } } });
  add(name("network"), [], { terraform: local("network"),
    resource: { terraform_data: { network: { input: env === "dev" ? size : "t3.small" } } },
    output: { id: { value: "\${terraform_data.network.id}" } } });
}
writeFileSync(out + "/manifest.json", JSON.stringify({ version: "0.21.0", stacks }));
`;

/** The same in Python. */
const PYTHON = `import json, os
from size import SIZE
said = json.load(open("stacks.json"))
out = os.environ.get("CDKTF_OUTDIR", "cdktf.out")
stacks = {}
def add(name, dependencies, content):
    os.makedirs(f"{out}/stacks/{name}", exist_ok=True)
    json.dump(content, open(f"{out}/stacks/{name}/cdk.tf.json", "w"))
    stacks[name] = {"name": name, "constructPath": name, "workingDirectory": f"stacks/{name}",
                    "synthesizedStackPath": f"stacks/{name}/cdk.tf.json", "annotations": [], "dependencies": dependencies}
for env in said["environments"]:
    name = lambda unit: said["form"].replace("ENV", env).replace("UNIT", unit)
    path = lambda unit: f"{os.environ['STATES']}/{name(unit)}.tfstate"
    local = lambda unit: {"backend": {"local": {"path": path(unit)}}}
    add(name("api"), [name("network")], {"terraform": local("api"),
        "data": {"terraform_remote_state": {"network": {"backend": "local", "config": {"path": path("network")}}}},
        "resource": {"terraform_data": {"api": {"input": "\${data.terraform_remote_state.network.outputs.id}"}}}})
    add(name("network"), [], {"terraform": local("network"),
        "resource": {"terraform_data": {"network": {"input": SIZE if env == "dev" else "t3.small"}}},
        "output": {"id": {"value": "\${terraform_data.network.id}"}}})
json.dump({"version": "0.21.0", "stacks": stacks}, open(f"{out}/manifest.json", "w"))
`;

import { temporaryFolder } from "../temporary-folder";

const node = (lockfile: string) => ({
  app: "node app.cjs",
  language: "typescript",
  files: { "app.cjs": JAVASCRIPT, "package.json": '{ "name": "app" }', [lockfile]: "{}\n" },
  size: (size: string) => ({ "vendor/size/index.js": `module.exports = ${JSON.stringify(size)};\n` }),
});

const LANGUAGES = {
  npm: node("package-lock.json"),
  bun: node("bun.lock"),
  python: {
    app: "python3 main.py",
    language: "python",
    files: { "main.py": PYTHON, "requirements.txt": "cdktf==0.21.0\n" },
    size: (size: string) => ({ "size.py": `SIZE = ${JSON.stringify(size)}\n` }),
  },
} as const;

test.each([
  ["npm", "UNIT-ENV", {}],
  ["bun", "shop-UNIT-ENV-us-east-1", {}],
  ["python", "blue.UNIT.ENV", { environment: { pattern: "^blue[.](?<unit>.+)[.](?<environment>.+)$" } }],
] as const)("%s with stacks named %s", async (language, form, settings) => {
  // GIVEN
  const { app, files, size, language: cdktfLanguage } = LANGUAGES[language];
  const config = {
    language: cdktfLanguage,
    app: `STATES="$PWD/.states" ${app}`,
    groundplan: { promotion: ["dev", "prod"], ...settings },
  };
  const all: Readonly<Record<string, string>> = {
    ".gitignore": "cdktf.out\n.groundplan\n.states\nnode_modules\n__pycache__\n",
    "cdktf.json": JSON.stringify(config),
    "stacks.json": stacks(form, ""),
    ...files,
    ...size("t3.small"),
  };
  for (const [file, text] of Object.entries(all)) write(file, text);
  if (language !== "python") {
    // A workspace, as each of the managers links it.
    mkdirSync(join(folder, "node_modules"));
    symlinkSync("../vendor/size", join(folder, "node_modules", "size"));
  }
  git("init", "-q", ".");
  git("add", "-A");
  git("commit", "-qm", "base");
  const name = (unit: string, environment: string) => form.replace("ENV", environment).replace("UNIT", unit);
  // WHEN nothing has changed yet, THEN nothing is affected
  expect((await json<AffectedResult>("affected", "--base", "HEAD")).stacks).toEqual([]);
  // WHEN all is applied
  const first = await json<ApplyRun>("apply", "--auto-approve");
  // THEN one environment comes after the other, and each unit after what it reads
  expect(first).toMatchObject({ outcome: "complete", environments: ["dev", "prod"] });
  const applied = first.stacks.map(({ name }) => name);
  for (const environment of ["dev", "prod"])
    expect(applied.indexOf(name("network", environment))).toBeLessThan(
      applied.indexOf(name("api", environment)),
    );
  // WHEN a value of one environment changes
  for (const [file, text] of Object.entries(size("t3.large"))) write(file, text);
  await json("plan", "--affected", "--base", "HEAD");
  const report = JSON.parse(
    (await groundplan(["report", "--format", "json"], { cwd: folder })).stdout,
  ) as Report;
  // THEN it alone is planned, reported and applied
  expect(report.stacks.map(({ name, environment, status }) => [name, environment, status]).sort()).toEqual([
    [name("api", "dev"), "dev", "unchanged"],
    [name("network", "dev"), "dev", "changed"],
  ]);
  const second = await json<ApplyRun>("apply");
  expect(second).toMatchObject({ outcome: "complete", environments: ["dev"] });
  expect(second.stacks.map(({ name, status }) => [name, status]).sort()).toEqual([
    [name("api", "dev"), "unchanged"],
    [name("network", "dev"), "applied"],
  ]);
});

test("planted fault: without a promotion two environments are not applied beside each other", async () => {
  const { app, files, size } = LANGUAGES.python;
  write("cdktf.json", JSON.stringify({ language: "python", app: `STATES="$PWD" ${app}` }));
  write("stacks.json", stacks("UNIT-ENV", ""));
  for (const [file, text] of Object.entries({ ...files, ...size("t3.small") })) write(file, text);
  const refused = await groundplan(["apply", "--auto-approve"], { cwd: folder });
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("which environment comes first? dev, prod");
  // What it proposes can be carried out.
  const [, proposed = ""] = /e\.g\. --environment (.*)\n/.exec(refused.stderr) ?? [];
  const run = await json<ApplyRun>("apply", "--auto-approve", "--environment", ...proposed.split(" "));
  expect(run).toMatchObject({ outcome: "complete", environments: ["dev", "prod"] });
});
