import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { AffectedResult } from "../../../cli/affected/result";
import { temporaryFolder } from "../../temporary-folder";
import { groundplan, type Run } from "../groundplan";

/** Packages of this repository. */
export const PACKAGES = join(__dirname, "..", "..", "..", "node_modules");

const CONFIG = { language: "typescript", app: "node main.js", output: "cdktf.out" };

/**
 * A git repository with a CDKTF app: `dev` and `prod`, each with a network, a function that is ordered after
 * it and reads its parameter, and docs that depend on nothing. Constructs lie in a workspace of their own.
 */
const FILES: Readonly<Record<string, string>> = {
  ".gitignore": "node_modules\ncdktf.out\n",
  "cdktf.json": JSON.stringify(CONFIG),
  "package-lock.json": "{}\n",
  ".terraform.lock.hcl":
    'provider "registry.terraform.io/hashicorp/aws" {\n  version     = "5.100.0"\n  constraints = ">= 5.0.0"\n  hashes = [\n    "h1:one",\n  ]\n}\n',
  "main.js": `const { App, S3Backend, TerraformStack } = require("cdktf");
const { network, lambda, docs } = require("@acme/modules");
const environments = [require("./overlays/dev"), require("./overlays/prod")];
const app = new App();
for (const environment of environments) {
  const stack = (unit, fill) => {
    const made = new TerraformStack(app, environment.name + "-" + unit);
    new S3Backend(made, { bucket: "state", key: environment.name + "/" + unit, region: "us-east-1" });
    made.addOverride("terraform.required_providers.aws", { source: "hashicorp/aws", version: ">= 5.0.0" });
    fill(made, environment);
    return made;
  };
  const producer = stack("network", network);
  stack("function", lambda).addDependency(producer);
  stack("docs", docs);
}
app.synth();
`,
  "overlays/dev.js": 'module.exports = { name: "dev", cidr: "10.0.0.0/16" };\n',
  "overlays/prod.js": 'module.exports = { name: "prod", cidr: "10.1.0.0/16" };\n',
  "modules/package.json": '{ "name": "@acme/modules", "main": "index.js" }\n',
  "modules/index.js": `module.exports = { ...require("./network"), ...require("./function"), ...require("./docs") };\n`,
  "modules/resource.js": `const { TerraformResource, TerraformDataSource } = require("cdktf");
const fill = (made, values) => {
  for (const [key, value] of Object.entries(values)) made.addOverride(key, value);
  return made;
};
const kind = (type) => ({ terraformResourceType: type });
exports.resource = (scope, id, type, values) => fill(new TerraformResource(scope, id, kind(type)), values);
exports.data = (scope, id, type, values) => fill(new TerraformDataSource(scope, id, kind(type)), values);
`,
  "modules/network.js": `const { resource } = require("./resource");
exports.network = (stack, { name, cidr }) => {
  resource(stack, "vpc", "aws_vpc", { cidr_block: cidr });
  resource(stack, "contract", "aws_ssm_parameter", { name: "/" + name + "/network", value: "\${aws_vpc.vpc.id}" });
};
`,
  "modules/function.js": `const { join } = require("node:path");
const { AssetType, TerraformAsset } = require("cdktf");
const { data, resource } = require("./resource");
exports.lambda = (stack, { name, code: kind = "DIRECTORY" }) => {
  const type = AssetType[kind];
  const code = new TerraformAsset(stack, "code", { path: join(process.cwd(), "code"), type });
  data(stack, "network", "aws_ssm_parameter", { name: "/" + name + "/network" });
  resource(stack, "handler", "aws_lambda_function", {
    function_name: name,
    filename: code.path,
    "environment.variables.NETWORK": "\${data.aws_ssm_parameter.network.value}",
  });
};
`,
  "modules/docs.js": `const { join } = require("node:path");
const { resource } = require("./resource");
exports.docs = (stack, { name }) => {
  resource(stack, "page", "aws_s3_object", {
    key: name + ".html",
    bucket: "docs",
    content: '\${file("' + join(process.cwd(), "docs", "page.html") + '")}',
  });
};
`,
  "code/index.js": "exports.handler = () => 1;\n",
  "docs/page.html": "<p>one</p>\n",
};

/** A repository of its own for one test, on the branch `change` that begins at `main`. */
export class TestRepository {
  readonly path = temporaryFolder("repository");

  constructor() {
    for (const [file, text] of Object.entries(FILES)) this.write(file, text);
    this.installPackages();
    this.git("init", "--quiet", "--initial-branch=main");
    this.git("config", "user.name", "Test");
    this.git("config", "user.email", "test@example.com");
    this.commit("base");
    this.git("checkout", "--quiet", "-b", "change");
  }

  /** What npm makes of a workspace: packages, and a link to the workspace's own folder. */
  private installPackages(): void {
    const folder = join(this.path, "node_modules");
    mkdirSync(join(folder, "@acme"), { recursive: true });
    for (const name of ["cdktf", "cdktf-cli", "constructs"])
      symlinkSync(join(PACKAGES, name), join(folder, name));
    symlinkSync(join("..", "..", "modules"), join(folder, "@acme", "modules"));
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.path, file)), { recursive: true });
    writeFileSync(join(this.path, file), text);
  }

  /** Replaces a text in a file, where it has to be. */
  edit(file: string, from: string, to: string): void {
    const text = readFileSync(join(this.path, file), "utf8");
    if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
    this.write(file, text.replaceAll(from, to));
  }

  git(...args: readonly string[]): string {
    return execFileSync("git", args, { cwd: this.path, encoding: "utf8" });
  }

  commit(message: string): void {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message", message);
  }

  /** Has CDKTF pack the function of dev, on both sides; it starts a process for each archive, so it is for tests of those alone. */
  packFunction(): void {
    this.git("checkout", "--quiet", "main");
    this.edit("overlays/dev.js", 'name: "dev"', 'name: "dev", code: "ARCHIVE"');
    this.commit("an archive");
    this.git("checkout", "--quiet", "-B", "change");
  }

  /** Changes `cdktf.json`. */
  configure(some: object): void {
    this.write("cdktf.json", JSON.stringify({ ...CONFIG, ...some }));
  }

  /** Puts a package into the repository itself, as a workspace. */
  vendor(name: string): void {
    const from = join(PACKAGES, name);
    const to = join(this.path, "vendor", name);
    for (const part of ["package.json", "lib"]) cpSync(join(from, part), join(to, part), { recursive: true });
    // What it brings itself is no part of the repository.
    symlinkSync(join(from, "node_modules"), join(to, "node_modules"));
    rmSync(join(this.path, "node_modules", name));
    symlinkSync(join("..", "vendor", name), join(this.path, "node_modules", name));
  }

  /** Makes a package `@acme/size` as npm would publish it; its file in the repository. */
  pack(version: string, size: string): string {
    const folder = join(this.path, "node_modules", ".pack");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "@acme/size", version }));
    writeFileSync(join(folder, "index.js"), `module.exports = ${JSON.stringify(size)};\n`);
    execFileSync("npm", ["pack", "--silent", "--pack-destination", this.path], { cwd: folder });
    return `acme-size-${version}.tgz`;
  }

  /** Installs a package's file and the modules as npm does, with a lockfile, and nothing else. */
  install(file: string): void {
    const dependencies = { "@acme/size": `file:${file}`, "@acme/modules": "file:modules" };
    this.write("package.json", JSON.stringify({ name: "app", private: true, dependencies }));
    rmSync(join(this.path, "node_modules"), { recursive: true, force: true });
    rmSync(join(this.path, "package-lock.json"), { force: true });
    execFileSync("npm", ["install", "--offline", "--no-audit", "--no-fund", "--silent"], { cwd: this.path });
  }

  /** Runs the real `cdktf get`. */
  generate(): void {
    const cdktf = join(PACKAGES, "cdktf-cli", "bundle", "bin", "cdktf.js");
    const env = { ...process.env, CHECKPOINT_DISABLE: "1", CI: "1" };
    execFileSync(process.execPath, [cdktf, "get"], { cwd: this.path, env, stdio: "pipe" });
  }

  /** Runs the real command. */
  run(...args: readonly string[]): Promise<Run> {
    return groundplan(["affected", "--base", "main", ...args], { cwd: this.path });
  }

  /** What the change affects, by `--json`. */
  async affected(...args: readonly string[]): Promise<AffectedResult> {
    const { code, stdout, stderr } = await this.run("--json", ...args);
    if (code !== 0) throw new Error(`affected ended with ${code}\n${stderr}`);
    return JSON.parse(stdout) as AffectedResult;
  }

  /** Whether the comparison left something behind. */
  get clean(): boolean {
    return this.git("worktree", "list").trim().split("\n").length === 1 && existsSync(this.path);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
