import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { providerEnvironment } from "../cli/terraform/mirror";
import type { LentProvider } from "./lent-provider";
import { temporaryFolder } from "./temporary-folder";

const execute = promisify(execFile);

/** What a run of Terraform came to. */
export interface Run {
  readonly code: number;
  readonly output: string;
}

/** A folder of Terraform configuration, run by the real Terraform with the real providers. */
export class TerraformFolder {
  readonly path = temporaryFolder("terraform");
  private readonly environment: NodeJS.ProcessEnv;

  /**
   * @param variables - e.g. those by which Terraform finds the emulator.
   * @param provider - serves every command; without one Terraform starts its own.
   */
  constructor(
    variables: Readonly<Record<string, string>> = {},
    private readonly provider?: LentProvider,
  ) {
    // A custom bundle of certificates is not for a loopback address, and the provider stumbles over it.
    const { AWS_CA_BUNDLE: _, ...inherited } = process.env;
    const providers = providerEnvironment(join(this.path, "terraform.rc"), process.env);
    this.environment = { ...inherited, ...variables, ...providers, TF_IN_AUTOMATION: "1" };
  }

  /** Writes a file, whose name may have folders. */
  write(name: string, text: string): void {
    const file = join(this.path, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Runs Terraform; it may fail. */
  run(...args: readonly string[]): Promise<Run> {
    return this.provider?.during(this.path, (lent) => this.runWith(lent, args)) ?? this.runWith({}, args);
  }

  private async runWith(lent: Readonly<Record<string, string>>, args: readonly string[]): Promise<Run> {
    const options = { cwd: this.path, env: { ...this.environment, ...lent }, maxBuffer: 64 * 2 ** 20 };
    try {
      const { stdout, stderr } = await execute("terraform", args, options);
      return { code: 0, output: stdout + stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code?: unknown; stdout?: string; stderr?: string };
      if (typeof code !== "number") throw error;
      return { code, output: `${stdout}${stderr}` };
    }
  }

  /** Runs Terraform, and throws what it says when it fails. */
  async succeed(...args: readonly string[]): Promise<string> {
    const { code, output } = await this.run(...args);
    if (code !== 0) throw new Error(`terraform ${args.join(" ")} ended with ${code}\n${output}`);
    return output;
  }

  /** Removes the folder. */
  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
