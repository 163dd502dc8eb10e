import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { pack } from "../packed";
import { temporaryFolder } from "../temporary-folder";

const ROOT = join(__dirname, "..", "..");
const execute = promisify(execFile);

/** Names of the examples that are apps of CDKTF; `consumer` is a service that gets previews, and synthesizes nothing. */
export const EXAMPLES: readonly string[] = readdirSync(join(ROOT, "examples"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "consumer")
  .map(({ name }) => name);

/**
 * Copies of the examples outside of the repository, with this repository's packages as npm packs them. What these need
 * is shared with the repository.
 */
export class InstalledExamples {
  private readonly path = temporaryFolder("examples");

  constructor() {
    const modules = join(this.path, "node_modules");
    mkdirSync(join(modules, "@groundplan"), { recursive: true });
    for (const name of readdirSync(join(ROOT, "node_modules"))) {
      if (name !== "@groundplan" && name !== "groundplan")
        symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
    }
    for (const { name, folder, tarball } of pack(join(this.path, "vendor"))) {
      const installed = join(modules, name);
      mkdirSync(installed);
      execFileSync("tar", ["-xzf", tarball, "--strip-components=1", "-C", installed]);
      const own = join(folder, "node_modules");
      if (existsSync(own)) symlinkSync(own, join(installed, "node_modules"));
    }
    for (const name of EXAMPLES) {
      // What a build or a run has left there is no part of an example.
      const isSource = (path: string) => !/\/(?:dist|node_modules|cdktf\.out|\.groundplan)$/.test(path);
      cpSync(join(ROOT, "examples", name), this.folder(name), { recursive: true, filter: isSource });
      cpSync(join(ROOT, ".terraform.lock.hcl"), join(this.folder(name), ".terraform.lock.hcl"));
    }
  }

  /** Folder of an example. */
  folder(name: string): string {
    return join(this.path, name);
  }

  /** Synthesizes an example by its own command. @returns the JSON of its stacks by their names. */
  async synthesize(name: string): Promise<ReadonlyMap<string, string>> {
    const cwd = this.folder(name);
    const { app } = JSON.parse(readFileSync(join(cwd, "cdktf.json"), "utf8")) as { readonly app: string };
    await execute("/bin/sh", ["-c", app], { cwd }).catch(({ stdout, stderr }) => {
      throw new Error(`${name} does not synthesize\n${stdout}${stderr}`);
    });
    const stacks = join(cwd, "cdktf.out", "stacks");
    return new Map(
      readdirSync(stacks).map((stack) => [stack, readFileSync(join(stacks, stack, "cdk.tf.json"), "utf8")]),
    );
  }

  /** Runs the installed command line in an example. @returns what it printed. */
  async groundplan(name: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
    const program = join(this.path, "node_modules", "groundplan", "bin", "groundplan.js");
    try {
      const { stdout } = await execute(process.execPath, [program, ...args], { cwd: this.folder(name), env });
      return stdout;
    } catch (error) {
      const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
      throw new Error(`groundplan ${args.join(" ")} failed in ${name}\n${stdout}${stderr}`);
    }
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
