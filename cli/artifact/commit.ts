import { execa } from "execa";

/**
 * The commit that a folder is at; `+changes` follows when the folder differs from it, and `unknown` stands
 * for a folder that is not in a repository.
 */
export async function commitOf(folder: string): Promise<string> {
  const git = (...args: readonly string[]) => execa("git", [...args], { cwd: folder, reject: false });
  const head = await git("rev-parse", "HEAD");
  if (head.exitCode !== 0) return "unknown";
  const status = await git("status", "--porcelain", "--", ".");
  return `${head.stdout}${status.stdout === "" ? "" : "+changes"}`;
}
