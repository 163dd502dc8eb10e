import { execFile } from "node:child_process";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TerraformStack } from "cdktf";
import { Testing } from "cdktf";
import type { Emulator } from "../../emulator";
import { temporaryFolder } from "../../temporary-folder";

const execute = promisify(execFile);

/** What Terraform means to do to one resource. */
export interface Change {
  readonly address: string;
  readonly actions: readonly string[];
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

/** A folder with a synthesized stack and a local state, deployed to an emulator by the real Terraform. */
export class Deployment {
  private readonly folder = temporaryFolder("network");
  private readonly environment: NodeJS.ProcessEnv;

  constructor(private readonly emulator: Emulator) {
    const mirror = providerMirror();
    const config = join(this.folder, "terraform.rc");
    writeFileSync(
      config,
      mirror === undefined ? "" : `provider_installation {\n  filesystem_mirror { path = "${mirror}" }\n}\n`,
    );
    // A custom bundle of certificates is not for a loopback address, and the provider stumbles over it.
    const { AWS_CA_BUNDLE: _, ...inherited } = process.env;
    this.environment = {
      ...inherited,
      ...emulator.environment,
      TF_CLI_CONFIG_FILE: config,
      TF_IN_AUTOMATION: "1",
    };
  }

  /** Puts a stack into the folder, in place of the one before. */
  async use(stack: TerraformStack): Promise<void> {
    const first = !existsSync(join(this.folder, ".terraform"));
    writeFileSync(join(this.folder, "cdk.tf.json"), Testing.synth(stack));
    if (first) await this.terraform("init");
  }

  async apply(): Promise<void> {
    await this.terraform("apply", "-auto-approve");
  }

  async destroy(): Promise<void> {
    await this.terraform("destroy", "-auto-approve");
  }

  /** What a plan would change; resources that stay as they are are left out. */
  async plan(): Promise<readonly Change[]> {
    await this.terraform("plan", "-out=plan");
    const plan = JSON.parse(await this.terraform("show", "-json", "plan")) as {
      resource_changes?: readonly { address: string; mode: string; change: Omit<Change, "address"> }[];
    };
    return (plan.resource_changes ?? [])
      .filter(({ mode, change }) => mode === "managed" && change.actions.join() !== "no-op")
      .map(({ address, change }) => ({
        address,
        actions: change.actions,
        before: change.before,
        after: change.after,
      }));
  }

  /** An output, in JSON. */
  output(name: string): Promise<string> {
    return this.terraform("output", "-json", name);
  }

  /** Removes the folder with its state. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async terraform(command: string, ...args: readonly string[]): Promise<string> {
    const flags = command === "show" || command === "output" ? [] : ["-input=false"];
    return this.emulator.provider.during(this.folder, async (lent) => {
      const { stdout } = await execute("terraform", [command, "-no-color", ...flags, ...args], {
        cwd: this.folder,
        env: { ...this.environment, ...lent },
        maxBuffer: 64 * 2 ** 20,
      });
      return stdout;
    });
  }
}

/** A folder of provider packages on this machine, as Terraform's own documentation lays it out. */
function providerMirror(): string | undefined {
  const roots = [join(homedir(), ".terraform.d"), "/usr/share", "/usr/local/share", "/opt"].filter(
    existsSync,
  );
  const folders = roots.flatMap((root) => [root, ...readdirSync(root).map((name) => join(root, name))]);
  return folders.find((folder) => existsSync(join(folder, "registry.terraform.io")));
}
