import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { providerEnvironment } from "../../../cli/terraform/mirror";
import { Copy, type Ended } from "../../adoption/copy";
import type { Emulator } from "../../emulator";
import { temporaryFolder } from "../../temporary-folder";

const TSC = join("node_modules", "typescript", "bin", "tsc");

/** The platform in a repository of its own, whose environment dev hosts previews on the local AWS. */
export class PreviewPlatform {
  /** The commit whose code the workflows run. */
  commit = "";

  /** Variables by which Terraform finds its providers. */
  readonly provider: Readonly<Record<string, string>>;

  private readonly copy = new Copy();

  constructor(private readonly emulator: Emulator) {
    const { TF_CLI_CONFIG_FILE = "" } = providerEnvironment(
      join(temporaryFolder("terraform"), "terraform.rc"),
      {},
    );
    this.provider = TF_CLI_CONFIG_FILE === "" ? {} : { TF_CLI_CONFIG_FILE };
  }

  get path(): string {
    return this.copy.path;
  }

  /** Builds it, and deploys what all previews share. */
  async deploy(): Promise<void> {
    const { copy } = this;
    copy.edit("overlays/dev/environment.ts", [
      "  gitops: {",
      '  previews: { enabled: true, domain: "previews.localhost", allowedCidrs: ["0.0.0.0/0"] },\n  gitops: {',
    ]);
    this.git("init", "--quiet", "--initial-branch=main");
    this.git("config", "user.name", "Test");
    this.git("config", "user.email", "test@example.com");
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message", "the platform");
    this.commit = this.git("rev-parse", "HEAD");
    succeed(await copy.run(TSC, "-b", ".", "cli", "local"));
    succeed(await this.groundplan("bootstrap"));
    succeed(await this.groundplan("apply", "dev-network", "dev-preview-shared", "--auto-approve"));
  }

  /** Offers the database of a preview as a source of others: the overlay names it, and what they share is deployed. */
  async offer(source: string, preview: string, keep: readonly string[]): Promise<void> {
    const {
      AWS_ENDPOINT_URL = "",
      AWS_REGION = "us-east-1",
      AWS_ACCESS_KEY_ID = "",
      AWS_SECRET_ACCESS_KEY = "",
    } = this.emulator.environment;
    const secrets = new SecretsManagerClient({
      endpoint: AWS_ENDPOINT_URL,
      region: AWS_REGION,
      credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
    });
    const { ARN, SecretString = "" } = await secrets.send(
      new GetSecretValueCommand({ SecretId: `groundplan/dev/previews/${preview}/database` }),
    );
    const { host, port, dbname: database } = JSON.parse(SecretString);
    const text = JSON.stringify({
      [source]: { host, port: Number(port), database, secretArn: ARN, production: false, keep },
    });
    this.copy.edit("overlays/dev/environment.ts", [
      'domain: "previews.localhost",',
      `domain: "previews.localhost", sources: ${text},`,
    ]);
    succeed(await this.groundplan("apply", "dev-preview-shared", "--auto-approve"));
  }

  /** Runs the platform's own command line in it; it may fail. */
  async groundplan(...args: readonly string[]): Promise<Ended> {
    const { copy } = this;
    return copy.runWith(
      { ...this.emulator.environment, ...this.provider },
      join("cli", "bin", "groundplan.js"),
      ...args,
    );
  }

  remove(): void {
    this.copy.remove();
  }

  private git(...args: readonly string[]): string {
    return execFileSync("git", args, { cwd: this.path, encoding: "utf8" }).trim();
  }
}

function succeed({ code, output }: Ended): void {
  if (code !== 0) throw new Error(`exit code ${code}\n${output}`);
}
