const git = async (folder: string, ...args: readonly string[]) =>
  (await import("execa")).execa("git", [...args], { cwd: folder, reject: false });

/**
 * The commit that a folder is at; `+changes` follows when the folder differs from it, and `unknown` stands
 * for a folder that is not in a repository.
 */
export async function commitOf(folder: string): Promise<string> {
  const head = await git(folder, "rev-parse", "HEAD");
  if (head.exitCode !== 0) return "unknown";
  const status = await git(folder, "status", "--porcelain", "--", ".");
  return `${head.stdout}${status.stdout === "" ? "" : "+changes"}`;
}

/**
 * Whether the history of a commit has the one that a folder is at, and more; `false` also where the history
 * here does not reach so far.
 */
export async function isBehind(folder: string, commit: string): Promise<boolean> {
  const [other = ""] = commit.split("+");
  const head = await git(folder, "rev-parse", "HEAD");
  if (head.exitCode !== 0 || head.stdout === other || !/^[0-9a-f]{40,64}$/.test(other)) return false;
  return (await git(folder, "merge-base", "--is-ancestor", "HEAD", other)).exitCode === 0;
}

/**
 * When the commit was made that a folder is at, in seconds since 1970; 0 for a folder that is not in a repository. What
 * is built from one commit has this time, whenever it is built.
 */
export async function commitTime(folder: string): Promise<number> {
  const { exitCode, stdout } = await git(folder, "log", "-1", "--format=%ct");
  return exitCode === 0 ? Number(stdout) || 0 : 0;
}
