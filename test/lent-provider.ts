import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { providerEnvironment } from "../cli/terraform/mirror";
import { ProviderGate, readSchema } from "../cli/terraform/provider-gate";
import { typesIn } from "../cli/terraform/provider-schema";
import { SharedProvider } from "../cli/terraform/shared-provider";

const ROOT = join(__dirname, "..");

/** Folder of Terraform's packages of the AWS provider, in any folder that is initialized. */
const PACKAGES = join(".terraform", "providers", "registry.terraform.io", "hashicorp", "aws");

/**
 * A process of the real AWS provider that serves one Terraform of a suite after another, as `groundplan plan` has it:
 * verifying 700 MB and reading 1,500 schemas costs each command three seconds of CPU time, and proves nothing anew.
 *
 * For configurations with one `provider "aws"` block. What is about providers themselves, about killed runs, or about
 * several Terraforms at a time has Terraform start its own.
 */
export class LentProvider {
  private running: Promise<{ readonly process: SharedProvider; readonly schema: Buffer }> | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private lent = 0;

  /** @param environment - variables by which it finds the emulator. */
  constructor(private readonly environment: Readonly<Record<string, string>>) {}

  /**
   * Runs Terraform with the variables by which it finds the provider.
   *
   * @param folder - of the configuration, and of the state when that is local: the types in them are told.
   */
  async during<T>(
    folder: string,
    run: (variables: Readonly<Record<string, string>>) => Promise<T>,
  ): Promise<T> {
    const mine = this.turn.then(async () => {
      this.running ??= this.start();
      const { process, schema } = await this.running;
      const socket = join(process.folder, String(this.lent++));
      const gate = await ProviderGate.open(
        socket,
        process.socket,
        schema,
        typesIn({ texts: textsIn(folder) }),
      );
      try {
        return await run({ TF_REATTACH_PROVIDERS: process.reattach(socket) });
      } finally {
        gate.close();
      }
    });
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  async stop(): Promise<void> {
    const running = await this.running?.catch(() => undefined);
    await running?.process.stop();
  }

  private async start() {
    const program = programIn(process.env.GROUNDPLAN_INITIALIZED ?? initialized());
    const running = await SharedProvider.start(program, this.environment);
    return { process: running, schema: await readSchema(running.socket) };
  }
}

/** Configuration and local state of a folder. */
function textsIn(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => /\.tf(?:\.json)?$|\.tfstate$/.test(name));
  return names.map((name) => readFileSync(join(folder, name), "utf8"));
}

/** A folder that Terraform has initialized with the committed lock: `npm test` has one for all suites. */
function initialized(): string {
  const folder = mkdtempSync(join(tmpdir(), "groundplan-initialized-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const required = { aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" } };
  writeFileSync(
    join(folder, "main.tf.json"),
    JSON.stringify({ terraform: { required_providers: required } }),
  );
  copyFileSync(join(ROOT, ".terraform.lock.hcl"), join(folder, ".terraform.lock.hcl"));
  const env = {
    ...process.env,
    ...providerEnvironment(join(folder, "terraform.rc")),
    CHECKPOINT_DISABLE: "1",
  };
  const options = { cwd: folder, env, encoding: "utf8" } as const;
  const { status, stderr } = spawnSync("terraform", ["init", "-input=false", "-no-color"], options);
  if (status !== 0) throw new Error(`Terraform cannot get the AWS provider\n${stderr}`);
  return folder;
}

/** The provider's program in an initialized folder. */
function programIn(folder: string): string {
  const names = readdirSync(join(folder, PACKAGES), { recursive: true, encoding: "utf8" });
  // A mirror's package is a link, into which no listing goes.
  for (const name of names) {
    const place = realpathSync(join(folder, PACKAGES, name));
    const found = readNames(place).find((file) => file.startsWith("terraform-provider-aws"));
    if (found) return join(place, found);
  }
  throw new Error(`no AWS provider in ${folder}`);
}

function readNames(place: string): readonly string[] {
  try {
    return readdirSync(place);
  } catch {
    return [];
  }
}
