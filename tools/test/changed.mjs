import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, parse } from "node:path";

/**
 * Files that differ from a revision: committed since, changed, or not yet known to Git. Deleted ones are left out.
 *
 * @param {string} root
 * @param {string} [base] - default: where this branch left `origin/main`; without a remote, the last commit
 * @returns {string[]} Paths from the root.
 * @throws When Git does not know the revision.
 */
export function changedFiles(root, base) {
  const git = (/** @type {string[]} */ ...args) =>
    execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const names = (/** @type {string} */ output) => output.split("\0").filter(Boolean);
  const from = base ?? mergeBase(git);
  const tracked = names(git("diff", "--name-only", "--no-renames", "-z", from, "--"));
  const untracked = names(git("ls-files", "--others", "--exclude-standard", "-z"));
  return [...new Set([...tracked, ...untracked])].filter((file) => existsSync(join(root, file))).sort();
}

/** @param {(...args: string[]) => string} git */
function mergeBase(git) {
  try {
    return git("merge-base", "HEAD", "origin/main").trim();
  } catch {
    return "HEAD";
  }
}

/**
 * What jest is given to run the tests of some files: those that import them, and those that lie at the mirrored path, since
 * a suite that starts the command line as a process imports nothing of it.
 *
 * @param {string[]} files - paths from the root
 * @param {string[]} tests - all test files, likewise
 * @returns {string[]} Arguments of jest; none where no file can have a test.
 */
export function relatedTests(files, tests) {
  const code = files.filter((file) => /\.(?:ts|m?js|json)$/.test(file) && !file.includes("package-lock"));
  const mirrored = files.flatMap((file) => {
    const { dir, name } = parse(file);
    return tests.filter((test) => test.startsWith(`test/${dir}/${name}.`));
  });
  const all = [...new Set([...code, ...mirrored])];
  return all.length > 0 ? ["--findRelatedTests", ...all] : [];
}
