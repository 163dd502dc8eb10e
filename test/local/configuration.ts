import { execFile } from "node:child_process";
import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { providerEnvironment } from "../../cli/terraform/mirror";
import type { Emulator } from "../emulator";
import type { LentProvider } from "../lent-provider";
import { temporaryFolder } from "../temporary-folder";

const execute = promisify(execFile);

/** Resources of a Terraform configuration in JSON: type, name, arguments. */
export type Resources = Readonly<Record<string, Readonly<Record<string, object>>>>;

/** What a run of Terraform came to. */
export interface Run {
  readonly code: number;
  readonly output: string;
}

/** A configuration in a folder of its own, run by the real Terraform with the real AWS provider. */
export class Configuration {
  private readonly folder = temporaryFolder("configuration");
  private environment: NodeJS.ProcessEnv;

  /**
   * @param emulator - variables by which Terraform finds the emulator.
   * @param provider - serves every command; without one Terraform starts its own.
   */
  constructor(
    emulator: Readonly<Record<string, string>>,
    private readonly provider?: LentProvider,
  ) {
    const { AWS_CA_BUNDLE: _, ...inherited } = process.env;
    const providers = providerEnvironment(join(this.folder, "terraform.rc"), process.env);
    this.environment = {
      ...inherited,
      ...emulator,
      ...providers,
      TF_IN_AUTOMATION: "1",
      TF_CLI_ARGS: "-no-color",
    };
    copyFileSync(
      join(__dirname, "..", "..", ".terraform.lock.hcl"),
      join(this.folder, ".terraform.lock.hcl"),
    );
  }

  /** Writes the resources in place of those before, and takes the provider at the first time. */
  async use(resource: Resources, data: Resources = {}): Promise<void> {
    const rest = Object.keys(data).length > 0 ? { data } : {};
    const main = { provider: { aws: { max_retries: 2 } }, resource, ...rest };
    writeFileSync(join(this.folder, "main.tf.json"), JSON.stringify(main, null, 2));
    await this.succeed("init");
  }

  /** Takes files of a configuration in HCL, and the provider at the first time. */
  async useFiles(files: readonly string[]): Promise<void> {
    for (const file of files) copyFileSync(file, join(this.folder, basename(file)));
    await this.succeed("init");
  }

  /** Goes on with another emulator, or the same one elsewhere. */
  point(emulator: Readonly<Record<string, string>>): void {
    this.environment = { ...this.environment, ...emulator };
  }

  /** @param args - further ones, e.g. `-var=rev=2`. */
  apply(...args: readonly string[]): Promise<string> {
    return this.succeed("apply", "-auto-approve", ...args);
  }

  destroy(...args: readonly string[]): Promise<string> {
    return this.succeed("destroy", "-auto-approve", ...args);
  }

  /** 0: no change; 1: error; 2: changes. */
  plan(...args: readonly string[]): Promise<Run> {
    return this.run("plan", "-detailed-exitcode", ...args);
  }

  /** Runs Terraform; it may fail. */
  run(command: string, ...args: readonly string[]): Promise<Run> {
    const run = (lent: Readonly<Record<string, string>>) => this.runWith(lent, command, args);
    return this.provider?.during(this.folder, run) ?? run({});
  }

  private async runWith(
    lent: Readonly<Record<string, string>>,
    command: string,
    args: readonly string[],
  ): Promise<Run> {
    const flags = command === "show" ? [] : ["-input=false"];
    const options = { cwd: this.folder, env: { ...this.environment, ...lent }, maxBuffer: 64 * 2 ** 20 };
    try {
      const { stdout } = await execute("terraform", [command, ...flags, ...args], options);
      return { code: 0, output: stdout };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, output: stdout + stderr };
    }
  }

  /** Removes the folder with its state. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async succeed(command: string, ...args: readonly string[]): Promise<string> {
    const { code, output } = await this.run(command, ...args);
    if (code !== 0) throw new Error(`terraform ${command} ended with ${code}\n${output}`);
    return output;
  }
}

/** Applies, expects an empty second plan, and destroys in any case. */
export async function comesAndGoes({ environment, provider }: Emulator, resources: Resources): Promise<void> {
  const configuration = new Configuration(environment, provider);
  try {
    await configuration.use(resources);
    await configuration.apply();
    const second = await configuration.plan();
    if (second.code !== 0) throw new Error(`the second plan is not empty\n${second.output}`);
    await configuration.destroy();
  } finally {
    configuration.remove();
  }
}
