import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { WITHOUT_HOOKS } from "./git-variables";

/** How the names of links begin that lead from a work folder to what goes with it elsewhere. */
const FOLDER = "outside-";
const WORKTREE = "worktree-";
const PROJECT = "project-";

/** The file in such a folder that names the link: without it, a link in a hostile checkout would remove what it likes. */
const MARK = ".groundplan-";

/** A checkout of another commit. */
export interface Checkout {
  readonly worktree: string;
  readonly project: string;
}

/** Folders of projects that a work folder leads to. */
export function projectsOutside(work: string): readonly string[] {
  return readdirSync(work).flatMap((name) =>
    name.startsWith(PROJECT) ? [readlinkSync(join(work, name))] : [],
  );
}

/**
 * Makes a folder that cannot lie in a work folder, e.g. one from which a program is to find the same things above it.
 * The work folder knows it before it is there, so whatever removes the one removes the other.
 *
 * @param path - of a folder that is not there yet.
 * @param checkout - a worktree of git that will be made in it, which goes with its entry in git's list; and the folder of
 *   the project there, whose programs may outlive this process.
 */
export function makeOutside(work: string, path: string, checkout?: Checkout): void {
  const id = randomUUID();
  symlinkSync(path, join(work, `${FOLDER}${id}`));
  if (checkout) {
    symlinkSync(checkout.worktree, join(work, `${WORKTREE}${id}`));
    symlinkSync(checkout.project, join(work, `${PROJECT}${id}`));
  }
  mkdirSync(path, { mode: 0o700 });
  writeFileSync(join(path, `${MARK}${id}`), "");
}

/** Removes what a work folder leads to. @param root - folder of the project. */
export function removeOutside(work: string, root: string): void {
  const names = readdirSync(work);
  for (const name of names.filter((one) => one.startsWith(FOLDER))) {
    const id = name.slice(FOLDER.length);
    const path = readlinkSync(join(work, name));
    const mark = join(path, `${MARK}${id}`);
    if (!existsSync(mark) || !lstatSync(path).isDirectory()) continue;
    // The mark is the last: a run that is killed meanwhile leaves a folder that the next one knows.
    const content = readdirSync(path).filter((one) => join(path, one) !== mark);
    for (const one of content) rmSync(join(path, one), { recursive: true, force: true });
    if (names.includes(`${WORKTREE}${id}`))
      forgetWorktree(readlinkSync(join(work, `${WORKTREE}${id}`)), path, root);
    rmSync(path, { recursive: true, force: true });
  }
}

/** Takes a worktree whose folder is gone from git's list; also one that was killed while it was made, which is locked. */
function forgetWorktree(worktree: string, path: string, root: string): void {
  if (dirname(worktree) !== path) return;
  spawnSync("git", ["worktree", "remove", "--force", "--force", worktree], {
    cwd: root,
    env: { ...process.env, ...WITHOUT_HOOKS },
  });
}
