import { spawnSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { providerEnvironment } from "../cli/terraform/mirror";
import { ProviderGate, readSchema } from "../cli/terraform/provider/gate";
import { typesIn } from "../cli/terraform/provider/schema";
import { SharedProvider } from "../cli/terraform/provider/shared";
import { SHARED_PROVIDER } from "../cli/terraform/provider/sharing";
import { ProviderBroker } from "./provider-broker";
import { temporaryFolder } from "./temporary-folder";

const ROOT = join(__dirname, "..");

/** Folder of Terraform's packages of the AWS provider, in any folder that is initialized. */
const PACKAGES = join(".terraform", "providers", SHARED_PROVIDER);

interface Running {
  /** How it was configured: a process keeps connections and tags of that. */
  readonly configuration: string;
  readonly process: SharedProvider;
  readonly schema: Buffer;
}

/**
 * The real AWS provider for the Terraforms of a suite, as `groundplan plan` has it: a process serves one after another
 * that configures it alike, and there are as many as Terraforms at a time. Verifying 700 MB and reading 1,500 schemas
 * costs each command three seconds of CPU time, and proves nothing anew.
 *
 * For configurations with one `provider "aws"` block. What is about providers themselves, or about killed runs, has
 * Terraform start its own.
 */
export class LentProvider {
  private readonly all: Running[] = [];
  private readonly busy = new Set<Running>();
  private lent = 0;
  private program: string | undefined;
  private broker: Promise<ProviderBroker> | undefined;

  /** @param environment - variables by which it finds the emulator. */
  constructor(private readonly environment: Readonly<Record<string, string>>) {}

  /**
   * Runs Terraform with the variables by which it finds a provider.
   *
   * @param folder - of the configuration, and of the state when that is local: the types in them are told.
   */
  async during<T>(
    folder: string,
    run: (variables: Readonly<Record<string, string>>) => Promise<T>,
  ): Promise<T> {
    const configuration = configurationIn(folder);
    const idle = this.all.find(
      (one) => one.configuration === configuration && !this.busy.has(one) && one.process.runs,
    );
    const running = idle ?? (await this.start(configuration));
    this.busy.add(running);
    try {
      const { process, schema } = running;
      const socket = join(process.folder, String(this.lent++));
      const types = typesIn({ texts: textsIn(folder) });
      const gate = await ProviderGate.open(socket, process.socket, schema, types);
      try {
        return await run({ TF_REATTACH_PROVIDERS: process.reattach(socket) });
      } finally {
        gate.close();
      }
    } finally {
      this.busy.delete(running);
    }
  }

  /**
   * Serves what a suite does not start itself, as the command line's Terraforms.
   *
   * @param folders - of configurations.
   * @returns variables by which they find it.
   */
  async serve(...folders: readonly string[]): Promise<Readonly<Record<string, string>>> {
    this.broker ??= ProviderBroker.start(this.findProgram(), this.environment);
    const broker = await this.broker;
    for (const folder of folders) broker.addFolder(folder);
    return broker.environment;
  }

  async stop(): Promise<void> {
    await (await this.broker)?.stop();
    await Promise.all(this.all.map(({ process }) => process.stop()));
  }

  private async start(configuration: string): Promise<Running> {
    const started = await SharedProvider.start(this.findProgram(), this.environment);
    const running = { configuration, process: started, schema: await readSchema(started.socket) };
    this.busy.add(running);
    this.all.push(running);
    return running;
  }

  private findProgram(): string {
    this.program ??= programIn(process.env.GROUNDPLAN_INITIALIZED ?? initialized());
    return this.program;
  }
}

/** The blocks by which a folder configures providers. */
function configurationIn(folder: string): string {
  const files = readdirSync(folder).filter((name) => name.endsWith(".tf.json"));
  const all = files.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
  return JSON.stringify(all.map(({ provider }: { provider?: unknown }) => provider ?? null));
}

/** Configuration and local state of a folder. */
function textsIn(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => /\.tf(?:\.json)?$|\.tfstate$/.test(name));
  return names.map((name) => readFileSync(join(folder, name), "utf8"));
}

/** A folder that Terraform has initialized with the committed lock: `npm test` has one for all suites. */
function initialized(): string {
  const folder = temporaryFolder("initialized");
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
