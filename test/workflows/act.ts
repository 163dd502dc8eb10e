import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { deriveWorkflow } from "../../tools/derive/workflows";
import { BIN } from "../cli/groundplan";
import type { Emulator } from "../emulator";
import type { GitHub } from "../github/server";
import { platform } from "../platform";
import { temporaryFolder } from "../temporary-folder";
import { JOB, pairs, runAct, type WorkflowRun } from "./act-run";
import { ROOT } from "./judged";

/** Name of the repository on the stand-in. */
export const REPOSITORY = "octo-org/platform";

const ACCOUNT = "123456789012";

/** Bucket of the states. */
export const BUCKET = "workflow-states";

/** Variables with the roles of a platform in one account. */
const ROLES = {
  GROUNDPLAN_PLAN_ROLE: "plan",
  GROUNDPLAN_APPLY_ROLE: "apply",
  GROUNDPLAN_DELIVER_ROLE: "deliver",
};

/** An app that synthesizes a parameter for each line of `stacks.json`. */
const APP = `const { readFileSync } = require("node:fs");
const { App, S3Backend, TerraformStack } = require("cdktf");
const app = new App();
for (const [name, value] of Object.entries(JSON.parse(readFileSync("stacks.json", "utf8")))) {
  const stack = new TerraformStack(app, name);
  const aws = { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" };
  stack.addOverride("provider.aws", [{ region: "us-east-1", allowed_account_ids: ["${ACCOUNT}"] }]);
  stack.addOverride("terraform.required_providers.aws", aws);
  new S3Backend(stack, { bucket: "${BUCKET}", key: name + ".tfstate", region: "us-east-1" });
  stack.addOverride("terraform.backend.s3.use_lockfile", true);
  stack.addOverride("resource.aws_ssm_parameter.one", { name: "/" + name, type: "String", insecure_value: value });
}
app.synth();
`;

/** What GitHub tells a workflow of a pull request. */
export function pullRequest(number: number, base: string, head: string, from = REPOSITORY): object {
  const pull = {
    number,
    base: { sha: base, ref: "main", repo: { full_name: REPOSITORY } },
    head: { sha: head, ref: "change", repo: { full_name: from } },
  };
  return { action: "synchronize", number, pull_request: pull, repository: { full_name: REPOSITORY } };
}

/** What GitHub tells a workflow of a push to the default branch. */
export function push(commit: string): object {
  return { ref: "refs/heads/main", after: commit, repository: { full_name: REPOSITORY } };
}

/** How a run differs from one of a platform in one account. */
export interface RunOptions {
  /** Names of roles, by the variables of the repository that hold their ARNs. */
  readonly roles?: Readonly<Record<string, string>>;

  /** Id of the only job that runs. */
  readonly job?: string;

  /** Folders with programs that come before this machine's. */
  readonly programs?: readonly string[];

  /** Further variables of every job. */
  readonly environment?: Readonly<Record<string, string>>;

  /** Further variables, and secrets, of the repository. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

/**
 * A repository with this repository's own workflows for the tests' own platform, service and command line, and a CDKTF app, in which act runs them on this machine.
 *
 * Actions of others are replaced by those in `actions/`, with the same inputs and outputs: a checkout from this
 * folder, the STS of the emulator, artifacts in a folder. Everything else is the real thing.
 */
export class WorkflowRepository {
  readonly folder = temporaryFolder("act");
  readonly path = join(this.folder, "origin");
  private provider: Readonly<Record<string, string>> = {};

  /** @param app - text of the CDKTF app; by default a small one, of what {@link commit} is given. */
  constructor(
    private readonly emulator: Emulator,
    private readonly github: GitHub,
    app = APP,
  ) {
    mkdirSync(join(this.path, "vendor", "groundplan"), { recursive: true });
    mkdirSync(join(this.folder, "artifacts"));
    cpSync(join(ROOT, ".github"), join(this.path, ".github"), { recursive: true });
    for (const file of readdirSync(join(this.path, ".github", "workflows"))) {
      const path = join(".github", "workflows", file);
      this.write(path, deriveWorkflow(path, readFileSync(join(ROOT, path), "utf8"), platform));
    }
    for (const file of [".terraform.lock.hcl", "tsconfig.base.json"])
      cpSync(join(ROOT, file), join(this.path, file));
    cpSync(join(ROOT, "tools", "ci"), join(this.path, "tools", "ci"), { recursive: true });
    this.write("main.js", app);
    this.write(
      "cdktf.json",
      JSON.stringify({ language: "typescript", app: "node main.js", output: "cdktf.out" }),
    );
    this.write(".gitignore", "node_modules\ncdktf.out\n.groundplan\n");
    this.write(
      "vendor/groundplan/package.json",
      JSON.stringify({ name: "groundplan", version: "1.0.0", bin: "run.js" }),
    );
    this.write("vendor/groundplan/run.js", `#!/usr/bin/env node\nrequire(${JSON.stringify(BIN)});\n`);
    this.addService();
    const dependencies = {
      groundplan: "file:vendor/groundplan",
      jest: "file:vendor/jest",
      "@types/node": "file:vendor/node-types",
    };
    this.write(
      "package.json",
      JSON.stringify({ name: "app", scripts: { build: "node -e 0" }, dependencies }),
    );
    execFileSync("npm", ["install", "--package-lock-only", "--offline", "--loglevel=error"], {
      cwd: this.path,
    });
    this.git("init", "--quiet", "--initial-branch=main");
    this.git("config", "user.name", "Test");
    this.git("config", "user.email", "test@example.com");
  }

  /** Has a provider that runs already serve the Terraforms of all jobs. */
  async useProvider(): Promise<void> {
    this.provider = await this.emulator.provider.serve(this.folder);
  }

  /** The service `api` with its tests, and jest without its packages. */
  private addService(): void {
    const filter = (path: string) => !/api\/(?:dist|node_modules)/.test(path);
    for (const path of ["services/api", "test/services/api"])
      cpSync(join(ROOT, path), join(this.path, path), { recursive: true, filter });
    // By which the types of the service are checked.
    mkdirSync(join(this.path, "vendor", "node-types"));
    this.write(
      "vendor/node-types/package.json",
      JSON.stringify({ name: "@types/node", version: "1.0.0", types: "index.d.ts" }),
    );
    const types = join(ROOT, "node_modules", "@types", "node", "index.d.ts");
    this.write("vendor/node-types/index.d.ts", `/// <reference path=${JSON.stringify(types)} />\n`);
    mkdirSync(join(this.path, "vendor", "jest"));
    this.write("vendor/jest/package.json", JSON.stringify({ name: "jest", version: "1.0.0", bin: "run.js" }));
    const jest = join(ROOT, "node_modules", "jest", "bin", "jest.js");
    this.write("vendor/jest/run.js", `#!/usr/bin/env node\nrequire(${JSON.stringify(jest)});\n`);
    const options = { swcrc: false, jsc: { parser: { syntax: "typescript" }, target: "es2022" } };
    const swc = [join(ROOT, "node_modules", "@swc", "jest"), { ...options, module: { type: "commonjs" } }];
    const config = { roots: ["<rootDir>/test"], transform: { "\\.ts$": swc } };
    this.write("jest.config.js", `module.exports = ${JSON.stringify(config)};\n`);
  }

  /**
   * Adds an app in a folder: the repository's own, copied there.
   *
   * @param packages - whether it has its own packages, and not the repository's.
   */
  addApp(app: string, packages: boolean): void {
    const own = ["package.json", "package-lock.json", "vendor/groundplan", "vendor/jest"];
    for (const file of ["main.js", "cdktf.json", ".terraform.lock.hcl", ...(packages ? own : [])])
      cpSync(join(this.path, file), join(this.path, app, file), { recursive: true });
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.path, path), text);
  }

  git(...args: readonly string[]): string {
    return execFileSync("git", args, { cwd: this.path, encoding: "utf8" }).trim();
  }

  /** Commits what the stacks are to be; returns the commit. */
  commit(stacks: Readonly<Record<string, string>> = {}): string {
    this.write("stacks.json", JSON.stringify(stacks));
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "--message", "change");
    return this.git("rev-parse", "HEAD");
  }

  /** `<job> <role>` for each role that a job has assumed. */
  get roles(): readonly string[] {
    const file = join(this.folder, "roles");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  }

  /** Names of a run's artifacts. */
  artifacts(run: number): readonly string[] {
    const folder = join(this.folder, "artifacts", String(run));
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  }

  /**
   * Runs a workflow for an event, as run number `run`.
   */
  async run(
    workflow: string,
    name: string,
    event: object,
    run: number,
    options: RunOptions = {},
  ): Promise<WorkflowRun> {
    const {
      roles = ROLES,
      job: only,
      programs = [],
      environment = {},
      variables: own = {},
      secrets,
    } = options;
    const eventFile = join(this.folder, `event-${run}.json`);
    writeFileSync(eventFile, JSON.stringify(event));
    const { GITHUB_TOKEN = "", ...job } = this.github.environment();
    const variables: Record<string, string | undefined> = {
      ...job,
      ...this.emulator.environment,
      ...this.provider,
      ...JOB,
      PATH: [...programs, process.env.PATH].join(delimiter),
      HOME: this.folder,
      NODE_PATH: join(ROOT, "node_modules"),
      GITHUB_RUN_ID: String(run),
      GITHUB_RUN_NUMBER: String(run),
      STAND_IN_ORIGIN: this.path,
      STAND_IN_ARTIFACTS: join(this.folder, "artifacts"),
      STAND_IN_ROLES: join(this.folder, "roles"),
      ...environment,
    };
    const args = [
      name,
      "--directory",
      this.path,
      "--workflows",
      join(this.path, ".github", "workflows", workflow),
      "--eventpath",
      eventFile,
      ...pairs("--secret", { GITHUB_TOKEN, ...secrets }),
      ...pairs("--var", own),
      ...(only === undefined ? [] : ["--job", only]),
      ...Object.entries(roles).flatMap(([variable, role]) => [
        "--var",
        `${variable}=arn:aws:iam::${ACCOUNT}:role/github/platform-${role}`,
      ]),
      ...pairs("--env", variables),
    ];
    return runAct(args, this.folder);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
