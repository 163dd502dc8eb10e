import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PlanJson } from "../../../cli/plan/plan-json";
import type { PlannedStack, PlanRun } from "../../../cli/plan/result";
import { type Emulator, startEmulator } from "../../emulator";
import { temporaryFolder } from "../../temporary-folder";
import { BIN, groundplan, type Run } from "../groundplan";
import { StateAccount } from "../state-account";

const ROOT = join(__dirname, "..", "..", "..");

/** Bucket and lock table of the states. */
export const BUCKET = "plans-state";
export const TABLE = "plans-locks";

/** Variables with which a command shares a provider, or has Terraform start its own, as a user's does. */
export const OWN_PROVIDER = { TF_REATTACH_PROVIDERS: "" } as const;

/** A stack as Terraform JSON, without what every stack has. */
export interface StackSpec {
  readonly after?: readonly string[];
  readonly json: Readonly<Record<string, unknown>>;
}

/** An app that synthesizes what `stacks.json` says: a real CDKTF app, whose stacks a test changes as data. */
const APP = `const { readFileSync } = require("node:fs");
const { App, S3Backend, TerraformStack } = require("cdktf");
const app = new App();
const made = {};
for (const [name, { after = [], json }] of Object.entries(JSON.parse(readFileSync("stacks.json", "utf8")))) {
  made[name] = new TerraformStack(app, name);
  for (const [key, value] of Object.entries(json)) made[name].addOverride(key, value);
  new S3Backend(made[name], { bucket: "${BUCKET}", key: name + ".tfstate", region: "us-east-1", dynamodbTable: "${TABLE}" });
  for (const other of after) made[name].addDependency(made[other]);
}
app.synth();
`;

/** A CDKTF project on an emulator of its own. */
export class PlanProject {
  readonly path = temporaryFolder("plans");
  readonly account: StateAccount;
  private provider: Readonly<Record<string, string>> = {};

  private constructor(private readonly emulator: Emulator) {
    this.account = new StateAccount(emulator.environment);
    const config = { language: "typescript", app: "node main.js", output: "cdktf.out" };
    writeFileSync(join(this.path, "cdktf.json"), JSON.stringify(config));
    writeFileSync(join(this.path, "main.js"), APP);
    cpSync(join(ROOT, ".terraform.lock.hcl"), join(this.path, ".terraform.lock.hcl"));
    symlinkSync(join(ROOT, "node_modules"), join(this.path, "node_modules"));
  }

  /**
   * Starts an emulator, and makes the bucket and the table of the states.
   *
   * @param props.withProvider - has one provider serve all commands, also those that would share one or start their own.
   */
  static async start({ withProvider }: { readonly withProvider: boolean }): Promise<PlanProject> {
    const emulator = await startEmulator();
    const project = new PlanProject(emulator);
    if (withProvider) project.provider = await emulator.provider.serve(project.path);
    await project.account.createBucket(BUCKET);
    await project.account.createTable(TABLE);
    return project;
  }

  /** Variables of the emulator, and of the provider. */
  get environment(): Readonly<Record<string, string>> {
    return { ...this.emulator.environment, ...this.provider };
  }

  /** Says what the app synthesizes. */
  write(stacks: Readonly<Record<string, StackSpec>>): void {
    const complete = Object.entries(stacks).map(([name, { json, ...spec }]) => [
      name,
      {
        ...spec,
        json: {
          provider: { aws: [{ region: "us-east-1" }] },
          ...json,
          "terraform.required_providers.aws": { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" },
        },
      },
    ]);
    writeFileSync(join(this.path, "stacks.json"), JSON.stringify(Object.fromEntries(complete)));
  }

  /** Runs the real command. */
  groundplan(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    cwd: string = this.path,
  ): Promise<Run> {
    return groundplan(args, { cwd, env: this.variables(env) });
  }

  /** Starts the real command. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    return spawn(process.execPath, [BIN, ...args], {
      cwd: this.path,
      env: { ...process.env, ...this.variables(env), CI: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** A provider that runs already asks the endpoint with which it was started, and no other. */
  private variables(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    return { ...this.environment, ...("AWS_ENDPOINT_URL" in env ? OWN_PROVIDER : {}), ...env };
  }

  /** Plans, and gives the summary. */
  async plan(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<PlanRun> {
    const { stdout, stderr } = await this.groundplan(["plan", "--json", ...args], env);
    if (!stdout.startsWith("{")) throw new Error(`no summary\n${stderr}`);
    return JSON.parse(stdout) as PlanRun;
  }

  /** A file of the result directory. */
  read(path = "summary.json"): string {
    return readFileSync(join(this.path, ".groundplan", "plan", path), "utf8");
  }

  document({ files }: PlannedStack): PlanJson {
    return JSON.parse(this.read(files.json)) as PlanJson;
  }

  /** Every byte below `.groundplan`, as text. */
  everything(): string {
    const folder = join(this.path, ".groundplan");
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    return files.map((file) => readFileSync(join(file.parentPath, file.name), "latin1")).join("\n");
  }

  async stop(): Promise<void> {
    await this.emulator.stop();
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A parameter of the Systems Manager: the quickest thing that AWS makes. */
export function parameter(name: string, value: string, more: object = {}): object {
  return { name, type: "String", insecure_value: value, ...more };
}

/** A stack's line of a summary. */
export function stackOf({ stacks }: PlanRun, name: string): PlannedStack {
  const found = stacks.find((stack) => stack.name === name);
  if (!found) throw new Error(`no stack ${name}`);
  return found;
}
