import { randomUUID } from "node:crypto";
import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { WITHOUT_HOOKS } from "../process/git-variables";
import { type Ended, run } from "../process/run";
import { WorkFolder } from "../process/work-folder";

/** The git repository of a project. */
export class Repository {
  private constructor(
    /** Folder of the checkout. */
    readonly root: string,

    /** The project's folder below it; empty when they are the same. */
    readonly prefix: string,
  ) {}

  /** The repository of a folder; undefined when it is in none. */
  static async of(folder: string): Promise<Repository | undefined> {
    const ended = await run("git", ["rev-parse", "--show-toplevel"], {
      cwd: folder,
      env: WITHOUT_HOOKS,
    }).catch((error: unknown) => {
      // Without git there is no repository.
      if (error instanceof CliError && error.exitCode === EXIT.MISSING) return undefined;
      throw error;
    });
    if (ended?.exitCode !== 0) return undefined;
    const root = realpathSync(ended.stdout.trim());
    return new Repository(root, relative(root, realpathSync(folder)));
  }

  /** The repository of a project. @param why - what it is needed for. @throws CliError when it is in none. */
  static async ofProject(root: string, why: string): Promise<Repository> {
    const repository = await Repository.of(root);
    if (repository) return repository;
    throw new CliError(EXIT.USAGE, "the project is not in a git repository", `at ${root}`, why);
  }

  /** The commit of a name; undefined when there is none. */
  async commit(name: string): Promise<string | undefined> {
    const ended = await this.git("rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`);
    return ended.exitCode === 0 ? ended.stdout.trim() : undefined;
  }

  /** Whether a part of the history is not here, as in a clone with `--depth`. */
  async shallow(): Promise<boolean> {
    return (await this.git("rev-parse", "--is-shallow-repository")).stdout.trim() === "true";
  }

  /** The commit from which two have parted; undefined when the history that is here has none. */
  async mergeBase(one: string, other: string): Promise<string | undefined> {
    const ended = await this.git("merge-base", one, other);
    return ended.exitCode === 0 ? ended.stdout.trim() : undefined;
  }

  /** Whether files differ from the commit that is checked out, new ones included. */
  async modified(): Promise<boolean> {
    const ended = await this.git("status", "--porcelain", "--untracked-files=normal");
    return ended.exitCode !== 0 || ended.stdout.trim() !== "";
  }

  /** Folders and files that git ignores, relative to the root; a folder stands for all in it. */
  async ignoredFolders(): Promise<readonly string[]> {
    const kinds = ["--others", "--ignored", "--exclude-standard", "--directory"];
    const ended = await this.git("ls-files", "-z", ...kinds);
    return ended.stdout.split("\0").flatMap((path) => (path === "" ? [] : [path.replace(/\/$/, "")]));
  }

  /** Of some paths, relative to the root, those that git does not ignore. */
  async notIgnored(paths: readonly string[]): Promise<readonly string[]> {
    if (paths.length === 0) return [];
    const ended = await run("git", ["check-ignore", "-z", "--stdin"], {
      cwd: this.root,
      env: WITHOUT_HOOKS,
      input: paths.join("\0"),
    });
    const ignored = new Set(ended.stdout.split("\0"));
    return paths.filter((path) => !ignored.has(path));
  }

  /** Whether files differ from a commit, new ones included. */
  async differsFrom(commit: string): Promise<boolean> {
    const [tracked, others] = await Promise.all([
      this.git("diff", "--quiet", commit, "--"),
      this.git("ls-files", "--others", "--exclude-standard"),
    ]);
    return tracked.exitCode !== 0 || others.stdout.trim() !== "";
  }

  /** Paths in a commit, relative to the root, whose file name is the given one. */
  async filesNamed(commit: string, name: string): Promise<readonly string[]> {
    const ended = await this.git("ls-tree", "-r", "-z", "--name-only", commit);
    return ended.stdout.split("\0").filter((path) => path === name || path.endsWith(`/${name}`));
  }

  /**
   * Checks a commit out beside this checkout, for as long as some work takes: where no folder above it has packages.
   *
   * @param project - folder of the project, which knows of what a killed run has left.
   */
  checkedOut<T>(commit: string, project: string, work: (folder: string) => Promise<T>): Promise<T> {
    return WorkFolder.during({ root: project }, async (own) => {
      const parent = join(realpathSync(tmpdir()), `groundplan-base-${randomUUID()}`);
      const folder = join(parent, "base");
      own.makeOutside(parent, { worktree: folder, project: join(folder, this.prefix) });
      const ended = await this.git("worktree", "add", "--quiet", "--detach", folder, commit);
      if (ended.exitCode !== 0) {
        throw new CliError(
          EXIT.FAILED,
          `commit ${commit} cannot be checked out`,
          `at ${this.root}`,
          ended.all.trim(),
        );
      }
      return await work(folder);
    });
  }

  private git(...args: string[]): Promise<Ended> {
    return run("git", args, { cwd: this.root, env: WITHOUT_HOOKS });
  }
}
