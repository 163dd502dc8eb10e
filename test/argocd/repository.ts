import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryFolder } from "../temporary-folder";

const OVERLAYS = join(__dirname, "..", "..", "overlays");

/** A Git repository on disk with the overlays of this one, on the branches `main` and `develop`. */
export class ManifestsRepository {
  /** URL that Argo CD reads it by. */
  readonly url: string;

  /** @param path - its folder, which may be a repository already. */
  constructor(readonly path = temporaryFolder("git")) {
    this.url = `file://${path}`;
    for (const file of readdirSync(OVERLAYS, { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".yaml")) continue;
      const target = join(this.path, "overlays", file);
      mkdirSync(dirname(target), { recursive: true });
      cpSync(join(OVERLAYS, file), target);
    }
    this.git("init", "--quiet", "--initial-branch=main");
    // What is pushed into the branch that is checked out is checked out too.
    this.git("config", "receive.denyCurrentBranch", "updateInstead");
    this.commit("the overlays of this repository");
    this.git("branch", "develop");
  }

  /** Changes a file of a branch and commits it. @returns the commit. */
  change(branch: string, file: string, edit: (text: string) => string): string {
    this.git("checkout", "--quiet", branch);
    const path = join(this.path, file);
    const before = readFileSync(path, "utf8");
    const after = edit(before);
    if (after === before) throw new Error(`${file} stays as it is`);
    writeFileSync(path, after);
    return this.commit(`change ${file}`);
  }

  /** The newest commit of a branch. */
  head(branch: string): string {
    return this.git("rev-parse", branch).trim();
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  private commit(message: string): string {
    this.git("add", "--all");
    this.git("commit", "--quiet", `--message=${message}`);
    return this.head("HEAD");
  }

  private git(...args: readonly string[]): string {
    const identity = ["-c", "user.name=Groundplan", "-c", "user.email=test@groundplan.dev"];
    return execFileSync("git", [...identity, "-C", this.path, ...args], { encoding: "utf8" });
  }
}
