import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { LambdaClient, paginateListVersionsByFunction } from "@aws-sdk/client-lambda";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { artifactNamed } from "../../../cli/artifact/index-object";
import { TargetTerraform } from "../../../cli/artifact/lambda/terraform";
import { parsePin } from "../../../cli/artifact/pin";
import { ArtifactStore } from "../../../cli/artifact/store";
import { artifactLocation, targetIn, targetsOfService } from "../../../cli/artifact/target";
import { formatsOf } from "../../../cli/formats/formats";
import { findProject, readStacks } from "../../../cli/project/project";
import { findTerraform } from "../../../cli/terraform/binary";
import { type Emulator, startEmulator } from "../../emulator";
import { CdktfProject, type Ended, succeeded } from "../../stacks/cdktf-project";
import { documentOf } from "../formats/held";

const ROOT = join(__dirname, "..", "..", "..");

interface Row {
  readonly environment: string;
  readonly pin: { readonly sha256: string } | null;
  readonly state: string;
}

/** The repository's project with a copy of its services, on an emulator: what somebody has who deploys from a laptop. */
export class Flow {
  /** Hashes of what was published, in order. */
  readonly published: string[] = [];

  /** Where the API of a stack is. */
  private readonly urls = new Map<string, URL>();

  private ssm: SSMClient | undefined;

  private constructor(
    readonly emulator: Emulator,
    readonly project: CdktfProject,
  ) {}

  /** Synthesizes, and bootstraps. */
  static async begin(): Promise<Flow> {
    const emulator = await startEmulator();
    const project = new CdktfProject(emulator.environment);
    await project.useProvider(emulator.provider);
    // A copy, since the test changes it.
    rmSync(join(project.path, "services"));
    const filter = (path: string) => !/api\/(?:dist|node_modules)/.test(path);
    cpSync(join(ROOT, "services"), join(project.path, "services"), { recursive: true, filter });
    succeeded(await project.cdktf("synth"));
    // Six seconds instead of staging's five minutes; prod is taken as it is.
    const stack = join(project.stack("staging-api"), "cdk.tf.json");
    const text = readFileSync(stack, "utf8");
    expect(text).toContain('\\"canaryMinutes\\" = 5}');
    writeFileSync(stack, text.replace('\\"canaryMinutes\\" = 5}', '\\"canaryMinutes\\" = 0.1}'));
    succeeded(await project.groundplan("bootstrap", "--skip-synth"));
    return new Flow(emulator, project);
  }

  async end(): Promise<void> {
    this.project.remove();
    await this.emulator.stop();
  }

  /** URL of the emulator. */
  get endpoint(): string {
    return this.emulator.environment.AWS_ENDPOINT_URL ?? "";
  }

  /** Runs a command of `groundplan artifact` as it is; it may fail. */
  run(...args: readonly string[]): Promise<Ended> {
    const fast = ["deploy", "promote", "rollback", "prune"].includes(args[0] ?? "") ? ["--skip-synth"] : [];
    return this.project.groundplan("artifact", ...args, ...fast);
  }

  /** Runs a command with the credentials of another account; it may fail. */
  async as(account: string, ...args: readonly string[]): Promise<Ended> {
    const { variables } = this.project;
    const own = variables.AWS_ACCESS_KEY_ID;
    try {
      variables.AWS_ACCESS_KEY_ID = account;
      return await this.run(...args);
    } finally {
      variables.AWS_ACCESS_KEY_ID = own;
    }
  }

  /** What a deploy in this process takes. */
  async deployOf(environment: string, hash: string) {
    const project = findProject(this.project.path);
    const stacks = readStacks(project);
    const store = new ArtifactStore(artifactLocation(stacks));
    const target = targetIn(targetsOfService(stacks, "api"), environment);
    const artifact = artifactNamed(await store.index("api"), hash);
    const env = this.project.variables;
    const terraform = await findTerraform();
    const props = { project, terraform, env, mask: [], shareProvider: false, progress: () => undefined };
    return { store, target, artifact, props, terraform: new TargetTerraform(target, props) };
  }

  /** Commits the services as they are, and more. @returns the commit. */
  commit(): string {
    if (!existsSync(join(this.project.path, ".git"))) this.git("init", "-q");
    this.git("add", "services");
    this.git(
      "-c",
      "user.name=t",
      "-c",
      "user.email=t@example.com",
      "commit",
      "-q",
      "--allow-empty",
      "-m",
      "next",
    );
    return this.git("rev-parse", "HEAD");
  }

  checkOut(commit: string): void {
    this.git("checkout", "-q", commit);
  }

  private git(...args: readonly string[]): string {
    return execFileSync("git", [...args], { cwd: this.project.path, encoding: "utf8" }).trim();
  }

  /** Runs a command that prints JSON, and nothing else, to standard output. */
  async artifact<T>(...args: readonly string[]): Promise<T> {
    const run = await this.run(...args, "--json");
    succeeded(run);
    return documentOf<T>(formatsOf(`artifact ${args[0]}`)[0] ?? "", run.stdout);
  }

  /** Changes what the service answers to /health, in TypeScript, and publishes it. */
  async publishNext(status: string): Promise<string> {
    const file = join("services", "api", "src", "routes.ts");
    const source = readFileSync(join(ROOT, file), "utf8");
    writeFileSync(join(this.project.path, file), source.replace(/status: [^}]*/, `status: ${status} `));
    const { sha256, isNew } = await this.artifact<{ sha256: string; isNew: boolean }>("publish");
    expect(isNew).toBe(true);
    this.published.push(sha256);
    return sha256;
  }

  /** Starts a deploy, for a signal to end it. */
  startDeploy(...args: readonly string[]): ChildProcess {
    return this.startDeployAt(this.endpoint, ...args);
  }

  /** Starts a deploy that reaches AWS by another address: a line on which the test holds it. */
  startDeployAt(endpoint: string, ...args: readonly string[]): ChildProcess {
    const script = join(ROOT, "cli", "bin", "groundplan.js");
    return spawn(process.execPath, [script, "artifact", "deploy", ...args, "--skip-synth"], {
      cwd: this.project.path,
      env: { ...this.project.variables, AWS_ENDPOINT_URL: endpoint },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** Numbers of the published versions of an environment's function. */
  async versions(environment: string): Promise<readonly string[]> {
    const { endpoint } = this;
    const credentials = { accessKeyId: "123456789012", secretAccessKey: "any" };
    const client = new LambdaClient({ endpoint, region: "us-east-1", credentials });
    const pages = paginateListVersionsByFunction(
      { client },
      { FunctionName: `groundplan-${environment}-api` },
    );
    const found: string[] = [];
    for await (const { Versions = [] } of pages) found.push(...Versions.map(({ Version = "" }) => Version));
    return found.filter((version) => version !== "$LATEST");
  }

  /** Environment, hash of the pin and state of each. */
  async current(): Promise<readonly (readonly [string, string | undefined, string])[]> {
    const { environments: rows } = await this.artifact<{ environments: readonly Row[] }>("current");
    return rows.map(({ environment, pin, state }) => [environment, pin?.sha256, state] as const);
  }

  /** Hash of what an environment is pinned to, by its parameter alone: that is quicker than a command. */
  async pinned(environment: string, service = "api"): Promise<string | undefined> {
    const { AWS_ENDPOINT_URL: endpoint = "" } = this.emulator.environment;
    const credentials = { accessKeyId: "123456789012", secretAccessKey: "any" };
    this.ssm ??= new SSMClient({ endpoint, region: "us-east-1", credentials });
    const get = new GetParameterCommand({ Name: `/groundplan/${environment}/${service}/artifact` });
    return parsePin((await this.ssm.send(get)).Parameter?.Value ?? "")?.sha256;
  }

  /** Asks the API of an environment at its own address, as a client does that finds it at the gateway. */
  ask(environment: string, path: string, method = "GET"): Promise<Record<string, unknown>> {
    return this.askStack(`${environment}-api`, path, method);
  }

  /** The same of the API of a stack. */
  async askStack(stack: string, path: string, method = "GET"): Promise<Record<string, unknown>> {
    const known = this.urls.get(stack);
    const read = () => this.project.terraform(stack, "output", "-raw", "invoke_url");
    const url = known ?? new URL(succeeded(await read()).trim());
    this.urls.set(stack, url);
    return new Promise((resolve, reject) => {
      const call = request(
        { host: "127.0.0.1", port: url.port, method, path, headers: { host: url.host } },
        async (answer) => {
          const chunks: Buffer[] = [];
          for await (const chunk of answer) chunks.push(chunk);
          resolve({ statusCode: answer.statusCode, ...JSON.parse(Buffer.concat(chunks).toString()) });
        },
      );
      call.on("error", reject).end();
    });
  }

  async apply(stack: string): Promise<void> {
    succeeded(await this.project.terraform(stack, "init", "-input=false"));
    succeeded(await this.project.terraform(stack, "apply", "-input=false", "-auto-approve"));
  }

  async expectNoChanges(stack: string): Promise<void> {
    const plan = await this.project.terraform(stack, "plan", "-input=false", "-detailed-exitcode");
    expect(plan).toMatchObject({ code: 0, output: expect.stringContaining("No changes.") });
  }

  /** Does something while the synthesized file of a stack says something else. */
  async withStack(name: string, change: (text: string) => string, work: () => Promise<void>): Promise<void> {
    const file = join(this.project.stack(name), "cdk.tf.json");
    const text = readFileSync(file, "utf8");
    try {
      writeFileSync(file, change(text));
      await work();
    } finally {
      writeFileSync(file, text);
    }
  }
}
