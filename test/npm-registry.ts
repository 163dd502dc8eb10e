import { type ChildProcess, spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePorts } from "../local/process/free-ports";
import { recommendedNode, verdaccio } from "../tools/setup/programs";
import { temporaryFolder } from "./temporary-folder";

const ROOT = join(__dirname, "..");

/** A registry of npm packages on this machine: Verdaccio. It has what was published there, and nothing of npm's. */
export class NpmRegistry {
  private constructor(
    private readonly folder: string,
    private readonly child: ChildProcess,
    readonly url: string,
    private readonly token: string,
  ) {}

  /** Starts one that is empty, with one user, who may publish. */
  static async start(): Promise<NpmRegistry> {
    const folder = temporaryFolder("registry");
    const config = {
      storage: join(folder, "storage"),
      auth: { htpasswd: { file: join(folder, "users") } },
      packages: { "**": { access: "$all", publish: "$authenticated" } },
      log: { type: "stdout", format: "json", level: "error" },
    };
    // YAML reads JSON.
    writeFileSync(join(folder, "config.yaml"), JSON.stringify(config));
    const [port] = await freePorts(1);
    const url = `http://127.0.0.1:${port}/`;
    const child = spawn(
      recommendedNode(ROOT),
      [verdaccio(ROOT), "--config", join(folder, "config.yaml"), "--listen", `127.0.0.1:${port}`],
      { cwd: folder, stdio: ["ignore", "pipe", "pipe"] },
    );
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        said += chunk.toString();
      });
    }
    while (
      !(await fetch(`${url}-/ping`).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (child.exitCode !== null) throw new Error(`Verdaccio ended with ${child.exitCode}\n${said}`);
      await sleep(50);
    }
    const response = await fetch(`${url}-/user/org.couchdb.user:publisher`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "publisher", password: "only-of-this-test" }),
    });
    const { token } = (await response.json()) as { token: string };
    return new NpmRegistry(folder, child, url, token);
  }

  /** Variables by which npm asks this registry, as its user. */
  environment(): Readonly<Record<string, string>> {
    const file = join(this.folder, "npmrc");
    writeFileSync(file, `registry=${this.url}\n${this.url.replace("http:", "")}:_authToken=${this.token}\n`);
    return { NPM_CONFIG_USERCONFIG: file };
  }

  /** Versions of a package that were published here. */
  async versions(name: string): Promise<readonly string[]> {
    const response = await fetch(`${this.url}${name.replace("/", "%2f")}`);
    if (response.status === 404) return [];
    const { versions } = (await response.json()) as { versions: Readonly<Record<string, unknown>> };
    return Object.keys(versions);
  }

  /** Address of a package's file. */
  tarball(name: string, version: string): string {
    return `${this.url}${name}/-/${basename(name)}-${version}.tgz`;
  }

  stop(): void {
    this.child.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}
