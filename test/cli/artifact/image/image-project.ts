import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { Ajv } from "ajv";
import { IMAGE_FORMATS } from "../../../../cli/artifact/image/formats";
import { type Run, runProgram } from "../../../program";
import { syftFolder } from "../../../syft";
import { temporaryFolder } from "../../../temporary-folder";
import { builderSettings } from "./builder-settings";

const ROOT = join(__dirname, "..", "..", "..", "..");
const ACCOUNT = "123456789012";

/** The environments in their order, with the branch that each is deployed from. */
const BRANCHES = { dev: "develop", staging: "main", prod: "main" } as const;

type Environment = keyof typeof BRANCHES;

/** A project with the service `app`, its Git repository, and a builder with settings of its own. */
export class ImageProject {
  readonly folder = temporaryFolder("image-project");

  private readonly storage = temporaryFolder("image-storage");
  private readonly variables: Readonly<Record<string, string>>;

  /** The repository that Argo CD deploys from. */
  readonly origin: string;

  /**
   * @param environment - variables by which the emulator is found.
   * @param origin - a repository with the overlays on both branches; else one is made, which nobody deploys from.
   */
  constructor(environment: Readonly<Record<string, string>>, origin?: string) {
    this.origin = origin ?? temporaryFolder("image-origin");
    this.writeProject();
    if (origin === undefined) this.writeOrigin();
    this.variables = {
      ...environment,
      ...builderSettings(this.storage),
      PATH: [syftFolder(), process.env.PATH ?? ""].join(delimiter),
      NO_COLOR: "1",
      GIT_AUTHOR_NAME: "Test",
      GIT_AUTHOR_EMAIL: "test@example.com",
      GIT_COMMITTER_NAME: "Test",
      GIT_COMMITTER_EMAIL: "test@example.com",
    };
    for (const name of ["own", "other"]) this.writeKey(name);
  }

  /** Path of a key: `own` signs, `other` is somebody else's. */
  key(name: "own" | "other"): string {
    return join(this.folder, `${name}.key`);
  }

  /** Runs `groundplan artifact`; it may fail. */
  artifact(...args: readonly string[]): Promise<Run> {
    return this.groundplan("artifact", ...args);
  }

  /** Runs `groundplan` in the project; it may fail. */
  groundplan(...args: readonly string[]): Promise<Run> {
    return this.groundplanIn({}, ...args);
  }

  /** Runs it with some variables of its own. */
  groundplanIn(variables: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Run> {
    const script = join(ROOT, "cli", "bin", "groundplan.js");
    return runProgram(process.execPath, [script, ...args], {
      cwd: this.folder,
      environment: { ...this.variables, ...variables },
    });
  }

  /** Runs it with `--json`. @returns what it printed. @throws when it fails. */
  async printed<T = Record<string, unknown>>(...args: readonly string[]): Promise<T> {
    const { code, stdout, output } = await this.artifact(...args, "--json");
    if (code !== 0) throw new Error(`artifact ${args.join(" ")} ended with ${code}\n${output}`);
    const document = JSON.parse(stdout);
    const schema = Object.values(IMAGE_FORMATS).find(({ title }) => title === document.format);
    const check = new Ajv({ strict: false }).compile(schema ?? false);
    if (!check(document)) throw new Error(`artifact ${args[0]} printed what no schema has: ${stdout}`);
    return document as T;
  }

  /** URL of that repository. */
  get url(): string {
    return `file://${this.origin}`;
  }

  /** Arguments by which an image is pinned here. */
  get pin(): readonly string[] {
    return ["--service", "app", "--skip-synth", "--repository", this.url, "--key", this.key("own")];
  }

  /** The digest that a branch pins in an environment; undefined where it is a tag. */
  pinned(environment: Environment): string | undefined {
    const file = `${BRANCHES[environment]}:overlays/${environment}/kustomization.yaml`;
    const text = execFileSync("git", ["-C", this.origin, "show", file], { encoding: "utf8" });
    return /digest: (sha256:[0-9a-f]{64})/.exec(text)?.[1];
  }

  /** What the newest commit of a branch says. */
  lastMessage(branch: string): string {
    return execFileSync("git", ["-C", this.origin, "log", "-1", "--format=%B", branch], { encoding: "utf8" });
  }

  /** Makes the image small: what comes after the build is the same for every image. */
  useSmallImage(): void {
    const service = join(this.folder, "services", "app");
    const text =
      "FROM scratch\nARG APP_VERSION=0\nENV APP_VERSION=${APP_VERSION}\nCOPY image /\nUSER 1000:1000\n";
    writeFileSync(join(service, "Dockerfile"), text);
    this.commit("a small image");
  }

  /** Commits everything in the project. @returns the commit. */
  commit(message: string): string {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "--message", message);
    return this.git("rev-parse", "HEAD").trim();
  }

  /**
   * Makes a base image of this machine's node, as a cache of the real one would hold it. @returns its name by digest.
   */
  async makeBase(): Promise<string> {
    const context = temporaryFolder("image-base");
    execFileSync(process.execPath, [join(ROOT, "services/app/image/root.mjs"), join(context, "root")]);
    writeFileSync(join(context, "Dockerfile"), "FROM scratch\nCOPY root/ /\n");
    const digestFile = join(context, "digest");
    const name = "localhost/node:base";
    await this.buildah("build", "--format", "oci", "--timestamp", "0", "--tag", name, context);
    // What is stored has another digest than what was built: that by which it can be asked for.
    const inspected = await this.buildah(
      "inspect",
      "--type",
      "image",
      "--format",
      "{{.FromImageDigest}}",
      name,
    );
    writeFileSync(digestFile, inspected);
    return `localhost/node@${inspected.trim()}`;
  }

  /** The folder of the layout of what was built. */
  private async buildah(...args: readonly string[]): Promise<string> {
    const { code, stdout, output } = await runProgram("buildah", args, { environment: this.variables });
    if (code !== 0) throw new Error(`buildah ${args.join(" ")} ended with ${code}\n${output}`);
    return stdout;
  }

  private writeProject(): void {
    const out = join(this.folder, "cdktf.out");
    mkdirSync(join(out, "stacks"), { recursive: true });
    writeFileSync(join(this.folder, "cdktf.json"), JSON.stringify({ language: "typescript", app: "true" }));
    const stacks = Object.entries(BRANCHES).map(([environment, revision], at, all) => {
      const name = `${environment}-registry`;
      const from = all[at - 1]?.[0];
      const deployable = this.deployable(environment, revision, from);
      mkdirSync(join(out, "stacks", name));
      writeFileSync(
        join(out, "stacks", name, "cdk.tf.json"),
        JSON.stringify({ output: { deployables: { value: [deployable] } } }),
      );
      return {
        name,
        constructPath: name,
        workingDirectory: `stacks/${name}`,
        synthesizedStackPath: `stacks/${name}/cdk.tf.json`,
        dependencies: [],
      };
    });
    const byName = Object.fromEntries(stacks.map((stack) => [stack.name, stack]));
    writeFileSync(join(out, "manifest.json"), JSON.stringify({ version: "0.21.0", stacks: byName }));
    const filter = (path: string) => !/\/(?:dist|node_modules)(?:\/|$)/.test(path);
    cpSync(join(ROOT, "services", "app"), join(this.folder, "services", "app"), { recursive: true, filter });
    // What a build checks the types of services by is beside them.
    for (const name of ["node_modules", "tsconfig.base.json"])
      symlinkSync(join(ROOT, name), join(this.folder, name));
    writeFileSync(
      join(this.folder, ".gitignore"),
      ["cdktf.out", ".groundplan", "node_modules", "tsconfig.base.json", "*.key", "*.pub"].join("\n"),
    );
    this.git("init", "--quiet", "--initial-branch", "main");
    this.git("config", "user.name", "Test");
    this.git("config", "user.email", "test@example.com");
    this.commit("first");
  }

  private deployable(environment: string, revision: string, promotedFrom: string | undefined) {
    return {
      kind: "image",
      environment,
      service: "app",
      ...(promotedFrom === undefined ? {} : { promotedFrom }),
      region: "us-east-1",
      account: ACCOUNT,
      repository: `groundplan/${environment}/app`,
      immutableTags: environment !== "dev",
      gitops: {
        repository: "https://github.com/acme/nowhere.git",
        revision,
        path: `overlays/${environment}`,
        image: "app",
        application: `groundplan-${environment}`,
        namespace: `groundplan-${environment}`,
        workload: `${environment}-app`,
        rollout: environment === "prod",
      },
    };
  }

  /** A repository with the overlays as they are delivered, on both branches. */
  private writeOrigin(): void {
    const checkout = temporaryFolder("image-checkout");
    cpSync(join(ROOT, "overlays"), join(checkout, "overlays"), { recursive: true });
    const git = (...args: readonly string[]) => execFileSync("git", ["-C", checkout, ...args]);
    git("init", "--quiet", "--initial-branch", "main");
    git("add", "--all");
    git(
      "-c",
      "user.name=Test",
      "-c",
      "user.email=t@example.com",
      "commit",
      "--quiet",
      "--message",
      "overlays",
    );
    git("branch", "develop");
    execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch", "main", this.origin]);
    git("push", "--quiet", this.origin, "main", "develop");
  }

  private writeKey(name: "own" | "other" | string): void {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" });
    writeFileSync(join(this.folder, `${name}.key`), pem, { mode: 0o600 });
  }

  private git(...args: readonly string[]): string {
    return execFileSync("git", ["-C", this.folder, ...args], { encoding: "utf8" });
  }
}

/** The API of a cluster, as far as `prune` asks it. */
export class ClusterApi {
  /** Images of the pods that run. */
  images: readonly string[] = [];

  /** Whether it answers. */
  isUp = true;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const path = (request.url ?? "").split("?", 1)[0] ?? "";
      const isKnown = !path.includes("argoproj.io") && !path.includes("/namespaces/other");
      const code = this.isUp ? (isKnown ? 200 : 404) : 503;
      response.writeHead(code, { "content-type": "application/json" });
      response.end(JSON.stringify(path.endsWith("/pods") ? this.pods() : { kind: "List", items: [] }));
    });
  }

  /** Starts it. */
  static async start(): Promise<ClusterApi> {
    const api = new ClusterApi();
    await new Promise<void>((resolve) => api.server.listen(0, "127.0.0.1", resolve));
    return api;
  }

  /** Writes a kubeconfig that leads here. @returns its path. */
  kubeconfig(folder: string): string {
    const path = join(folder, "kubeconfig");
    const { port } = this.server.address() as AddressInfo;
    const text = readFileSync(join(__dirname, "kubeconfig.yaml"), "utf8");
    writeFileSync(path, text.replace("PORT", String(port)), { mode: 0o600 });
    return path;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private pods(): object {
    const items = this.images.map((image) => ({ spec: { containers: [{ image }] }, status: {} }));
    return { kind: "PodList", items };
  }
}
