import { tmpdir } from "node:os";
import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { WITHOUT_HOOKS } from "../process/git-variables";
import { type Ended, run } from "../process/run";
import { inThrowAway } from "../process/throw-away";
import { type AccessOfGit, accessOf } from "./access";
import { type FailedPush, GitFault, judgePush } from "./push-outcome";

/** A branch of a repository that is somewhere else. */
export interface BranchProps {
  /** URL of the repository, or the folder of a checkout, whose remote is taken. */
  readonly repository: string;

  /** @default "origin" */
  readonly remote?: string;

  /** Its name, e.g. `main`. */
  readonly branch: string;
}

/** Files of a commit, by their paths; one that is undefined is removed. */
export type Files = Readonly<Record<string, string | undefined>>;

/**
 * A branch that is read and written without a checkout: in a bare throw-away repository, which has of the history only what
 * is asked for. Who has the repository checked out sees nothing of it. Credentials are git's own.
 */
export class RemoteBranch {
  private deepened = false;

  private constructor(
    private readonly folder: string,
    readonly branch: string,
    private readonly access: AccessOfGit,
  ) {}

  /** Opens a branch for as long as some work takes. */
  static async during<T>(props: BranchProps, work: (branch: RemoteBranch) => Promise<T>): Promise<T> {
    await checkBranch(props.branch);
    const access = await accessOf(props.repository, props.remote ?? "origin");
    return inThrowAway(async (folder) => {
      const opened = new RemoteBranch(folder, props.branch, access);
      await opened.succeed("a repository cannot be made", "init", "--quiet", "--bare", ".");
      const { url, pushUrl } = access;
      await opened.succeed("the remote cannot be set", "config", "remote.origin.url", url);
      if (pushUrl !== url)
        await opened.succeed("the remote cannot be set", "config", "remote.origin.pushurl", pushUrl);
      return await work(opened);
    });
  }

  /** Address of the repository, without what may be secret in it. */
  get address(): string {
    return this.access.address;
  }

  /**
   * Fetches the branch. @returns its newest commit.
   *
   * @throws GitFault when the repository cannot be reached; CliError when it has no such branch.
   */
  async fetch(): Promise<string> {
    const depth = this.deepened ? [] : ["--depth=1"];
    await this.fetchWith(depth);
    return (await this.succeed("the branch cannot be read", "rev-parse", this.reference)).trim();
  }

  /** Fetches the history too, without the files of it. */
  async deepen(): Promise<void> {
    if (this.deepened) return;
    const shallow = await this.succeed("the history cannot be read", "rev-parse", "--is-shallow-repository");
    if (shallow.trim() === "true") await this.fetchWith(["--unshallow"]);
    this.deepened = true;
  }

  /** A file of a commit; undefined when it is not there. */
  async read(commit: string, path: string): Promise<string | undefined> {
    const listed = await this.succeed("a commit cannot be read", "ls-tree", "-z", commit, "--", path);
    const [, blob] = /^\d{6} blob ([0-9a-f]+)\t/.exec(listed) ?? [];
    return blob === undefined ? undefined : this.succeed("a file cannot be read", "cat-file", "blob", blob);
  }

  /** Commits that touch a file, the newest first. It needs {@link deepen}. */
  async commitsOf(head: string, path: string): Promise<readonly string[]> {
    const listed = await this.succeed(
      "the history cannot be read",
      "rev-list",
      "--topo-order",
      head,
      "--",
      path,
    );
    return listed.split("\n").filter((line) => line !== "");
  }

  /** The first parent of a commit; undefined when it has none. */
  async parentOf(commit: string): Promise<string | undefined> {
    return this.commitNamed(`${commit}^`);
  }

  /** The commit of a name; undefined when there is none in what was fetched. */
  async commitNamed(name: string): Promise<string | undefined> {
    const ended = await this.git(
      {},
      "rev-parse",
      "--verify",
      "--quiet",
      "--end-of-options",
      `${name}^{commit}`,
    );
    return ended.exitCode === 0 ? ended.stdout.trim() : undefined;
  }

  /** Whether a commit has another in its history, or is it. It needs {@link deepen}. */
  async contains(commit: string, ancestor: string): Promise<boolean> {
    return (await this.git({}, "merge-base", "--is-ancestor", ancestor, commit)).exitCode === 0;
  }

  /** What a commit's message says. */
  async messageOf(commit: string): Promise<string> {
    return this.succeed("a commit cannot be read", "show", "--no-patch", "--format=%B", commit);
  }

  /** Makes a commit of some files on another. @returns it. */
  async commit(parent: string, files: Files, message: string): Promise<string> {
    const index = { GIT_INDEX_FILE: join(this.folder, "index.own") };
    await this.succeedWith({ env: index }, "a commit cannot be made", "read-tree", parent);
    for (const [path, content] of Object.entries(files)) {
      if (content === undefined) {
        const gone = ["update-index", "--force-remove", "--", path];
        await this.succeedWith({ env: index }, "a commit cannot be made", ...gone);
        continue;
      }
      const input = { env: index, input: content };
      const blob = await this.succeedWith(input, "a commit cannot be made", "hash-object", "-w", "--stdin");
      const mode = await this.modeOf(parent, path);
      const entry = `${mode},${blob.trim()},${path}`;
      const add = ["update-index", "--add", "--cacheinfo", entry];
      await this.succeedWith({ env: index }, "a commit cannot be made", ...add);
    }
    const tree = (
      await this.succeedWith({ env: index }, "a commit cannot be made", "write-tree", "--missing-ok")
    ).trim();
    const sign = this.access.signs ? ["--gpg-sign"] : [];
    const written = await this.succeedWith(
      { env: this.access.identity, input: message },
      "a commit cannot be made",
      "commit-tree",
      ...sign,
      "-p",
      parent,
      tree,
    );
    return written.trim();
  }

  /** Pushes a commit as the branch's newest. @returns undefined when it is; else why not, and whether another try may help. */
  async push(commit: string): Promise<FailedPush | undefined> {
    const ended = await this.git({}, "push", "--porcelain", "origin", `${commit}:refs/heads/${this.branch}`);
    return ended.exitCode === 0 ? undefined : judgePush(this.access.mask(ended.all));
  }

  private get reference(): string {
    return "refs/groundplan/head";
  }

  private async fetchWith(options: readonly string[]): Promise<void> {
    const refspec = `+refs/heads/${this.branch}:${this.reference}`;
    // Of files only those that are read; a server that cannot do that sends all.
    const all = ["--quiet", "--no-tags", "--filter=blob:none", "--no-write-fetch-head", ...options];
    const ended = await this.git({}, "fetch", ...all, "origin", refspec);
    if (ended.exitCode === 0) return;
    const said = this.access.mask(ended.all);
    if (/couldn't find remote ref/.test(said)) {
      throw new CliError(
        EXIT.USAGE,
        `the repository has no branch ${JSON.stringify(this.branch)}`,
        `at ${this.address}`,
        "make it first, or name another with --branch",
      );
    }
    throw new GitFault("the repository cannot be read", this.address, said);
  }

  private async modeOf(commit: string, path: string): Promise<string> {
    const listed = await this.succeed("a commit cannot be read", "ls-tree", "-z", commit, "--", path);
    return /^(100\d{3}) blob /.exec(listed)?.[1] ?? "100644";
  }

  private succeed(what: string, ...args: readonly string[]): Promise<string> {
    return this.succeedWith({}, what, ...args);
  }

  private async succeedWith(how: How, what: string, ...args: readonly string[]): Promise<string> {
    const ended = await this.git(how, ...args);
    if (ended.exitCode === 0) return ended.stdout;
    throw new GitFault(what, this.address, this.access.mask(ended.all));
  }

  private git(how: How, ...args: readonly string[]): Promise<Ended> {
    return run("git", [...SETTINGS, ...args], {
      cwd: this.folder,
      env: { ...WITHOUT_HOOKS, ...this.access.env, ...how.env },
      keepsLastLineEnd: true,
      ...(how.input === undefined ? {} : { input: how.input }),
    });
  }
}

interface How {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** A server that sends nothing for a minute is given up; nothing is tidied in what is thrown away. */
const SETTINGS = ["-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60", "-c", "gc.auto=0"].concat([
  "-c",
  "maintenance.auto=false",
  "-c",
  "core.autocrlf=false",
]);

/** @throws CliError when git would not take it as the name of a branch. */
async function checkBranch(branch: string): Promise<void> {
  const ended = await run("git", ["check-ref-format", "--branch", branch], {
    cwd: tmpdir(),
    env: WITHOUT_HOOKS,
  });
  if (ended.exitCode === 0 && !branch.startsWith("-") && !branch.startsWith("@{")) return;
  throw new CliError(EXIT.USAGE, `${JSON.stringify(branch)} is no name of a branch`, "use e.g. main");
}
