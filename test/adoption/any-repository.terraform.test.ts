import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { AffectedResult } from "../../cli/affected/result";
import type { ApplyRun } from "../../cli/apply/result";
import type { Report } from "../../cli/report/model";
import { build, groundplan } from "../cli/groundplan";
import { temporaryFolder } from "../temporary-folder";

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

/** The same in Go. */
const GO = `package main

import (
	"encoding/json"
	"os"
	"strings"
)

type object = map[string]any

func main() {
	var said struct {
		Form         string
		Environments []string
	}
	text, _ := os.ReadFile("stacks.json")
	if err := json.Unmarshal(text, &said); err != nil {
		panic(err)
	}
	out, stacks := os.Getenv("CDKTF_OUTDIR"), object{}
	write := func(path string, content any) {
		text, _ := json.Marshal(content)
		if err := os.WriteFile(out+"/"+path, text, 0o644); err != nil {
			panic(err)
		}
	}
	add := func(name string, dependencies []string, content object) {
		os.MkdirAll(out+"/stacks/"+name, 0o755)
		write("stacks/"+name+"/cdk.tf.json", content)
		stacks[name] = object{"name": name, "constructPath": name, "workingDirectory": "stacks/" + name,
			"synthesizedStackPath": "stacks/" + name + "/cdk.tf.json", "annotations": []string{}, "dependencies": dependencies}
	}
	for _, env := range said.Environments {
		name := func(unit string) string { return strings.NewReplacer("ENV", env, "UNIT", unit).Replace(said.Form) }
		path := func(unit string) string { return os.Getenv("STATES") + "/" + name(unit) + ".tfstate" }
		local := func(unit string) object { return object{"backend": object{"local": object{"path": path(unit)}}} }
		size := "t3.small"
		if env == "dev" {
			size = Size
		}
		add(name("api"), []string{name("network")}, object{"terraform": local("api"),
			"data":     object{"terraform_remote_state": object{"network": object{"backend": "local", "config": object{"path": path("network")}}}},
			"resource": object{"terraform_data": object{"api": object{"input": "\${data.terraform_remote_state.network.outputs.id}"}}}})
		add(name("network"), []string{}, object{"terraform": local("network"),
			"resource": object{"terraform_data": object{"network": object{"input": size}}},
			"output":   object{"id": object{"value": "\${terraform_data.network.id}"}}})
	}
	write("manifest.json", object{"version": "0.21.0", "stacks": stacks})
}
`;

/** The same in Java, which has no JSON of its own: single quotes stand for double ones. */
const JAVA = `import java.nio.file.*;
import java.util.*;

public class Main {
  public static void main(String[] args) throws Exception {
    String said = Files.readString(Path.of("stacks.json"));
    String form = said.replaceAll(".*\\"form\\":\\"([^\\"]*)\\".*", "$1");
    String size = Files.readString(Path.of("size.txt")).strip();
    Path out = Path.of(System.getenv("CDKTF_OUTDIR"));
    List<String> stacks = new ArrayList<>();
    for (String env : List.of("dev", "prod")) {
      String network = form.replace("ENV", env).replace("UNIT", "network");
      String api = form.replace("ENV", env).replace("UNIT", "api");
      String states = System.getenv("STATES");
      String local = "'terraform':{'backend':{'local':{'path':'%s/%s.tfstate'}}}";
      add(out, stacks, api, "'" + network + "'", "{" + local.formatted(states, api)
          + ",'data':{'terraform_remote_state':{'network':{'backend':'local','config':{'path':'%s/%s.tfstate'}}}}".formatted(states, network)
          + ",'resource':{'terraform_data':{'api':{'input':'\${data.terraform_remote_state.network.outputs.id}'}}}}");
      add(out, stacks, network, "", "{" + local.formatted(states, network)
          + ",'resource':{'terraform_data':{'network':{'input':'%s'}}}".formatted(env.equals("dev") ? size : "t3.small")
          + ",'output':{'id':{'value':'\${terraform_data.network.id}'}}}");
    }
    write(out.resolve("manifest.json"), "{'version':'0.21.0','stacks':{" + String.join(",", stacks) + "}}");
  }

  static void add(Path out, List<String> stacks, String name, String needs, String json) throws Exception {
    Files.createDirectories(out.resolve("stacks/" + name));
    write(out.resolve("stacks/" + name + "/cdk.tf.json"), json);
    stacks.add("'%1$s':{'name':'%1$s','constructPath':'%1$s','workingDirectory':'stacks/%1$s','synthesizedStackPath':'stacks/%1$s/cdk.tf.json','annotations':[],'dependencies':[%2$s]}".formatted(name, needs));
  }

  static void write(Path file, String json) throws Exception {
    Files.writeString(file, json.replace('\\'', '"'));
  }
}
`;

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
  go: {
    app: "go run .",
    language: "go",
    files: { "main.go": GO, "go.mod": "module app\n\ngo 1.21\n" },
    size: (size: string) => ({ "size.go": `package main\n\nconst Size = ${JSON.stringify(size)}\n` }),
  },
  java: {
    app: "java Main.java",
    language: "java",
    files: { "Main.java": JAVA, "pom.xml": "<project/>\n" },
    size: (size: string) => ({ "size.txt": `${size}\n` }),
  },
} as const;

/** What runs an app: contributors need not have all of them. */
const has = (program: string, version: string) => spawnSync(program, [version]).status === 0;

const ROWS = [
  ["npm", "UNIT-ENV", {}],
  ["bun", "shop-UNIT-ENV-us-east-1", {}],
  ["python", "blue.UNIT.ENV", { environment: { pattern: "^blue[.](?<unit>.+)[.](?<environment>.+)$" } }],
  ...(has("go", "version") ? [["go", "ENV-UNIT", {}] as const] : []),
  ...(has("java", "-version")
    ? [["java", "UNIT_ENV", { environment: { map: { "*_dev": "dev", "*_prod": "prod" } } }] as const]
    : []),
] as const;

test.each(ROWS)("%s with stacks named %s", async (language, form, settings) => {
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
  if (language === "npm" || language === "bun") {
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
