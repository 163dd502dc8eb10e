import { spawnSync } from "node:child_process";
import { type Dirent, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where a run may leave something. */
export interface Places {
  /** Folder of the project. */
  readonly project: string;

  /** The temporary folder of its runs. */
  readonly temporary: string;

  /** Locks that are held. */
  readonly locks: () => Promise<readonly string[]>;
}

/** What stays in `.groundplan` on purpose. */
const KEPT = [
  /^\.gitignore$/,
  /^turns$/,
  /^(?:plan|apply|drift)$/,
  /^plugin-cache$/,
  /^terraform\.rc$/,
  /^artifacts$/,
  /^state-backups$/,
  /^local$/,
];

/** What runs have left that have ended: each in words; nothing when all is as it is to be. */
export async function leftovers({ project, temporary, locks }: Places): Promise<readonly string[]> {
  const own = namesIn(join(project, ".groundplan")).filter((name) => !KEPT.some((one) => one.test(name)));
  const beside = namesIn(project).filter((name) =>
    /^\.cdktf\.out-|\.terraform\.lock\.hcl\.|\.\d+$/.test(name),
  );
  const worktrees = spawnSync("git", ["worktree", "list"], { cwd: project, encoding: "utf8" });
  const others = worktrees.status === 0 ? worktrees.stdout.trim().split("\n").slice(1) : [];
  return [
    ...own.map((name) => `.groundplan/${name}`),
    ...beside,
    ...namesIn(temporary).map((name) => `temporary folder ${name}`),
    ...others.map((line) => `worktree ${line}`),
    ...(await locks()).map((id) => `lock ${id}`),
  ];
}

/** What a run that was killed a moment ago has left in files that have a name: notes, links, and nothing of a plan. */
export function inClear({ project }: Pick<Places, "project">): readonly string[] {
  const own = join(project, ".groundplan");
  return namesIn(own)
    .filter((name) => name.startsWith("work-"))
    .flatMap((folder) => namesIn(join(own, folder)).map((name) => `${folder}/${name}`))
    .filter((path) => !NOT_SECRET.test(path));
}

/** Files below a folder that hold a text, or are a saved plan, which holds it packed. */
export function holdersOf(secret: string, folder: string): readonly string[] {
  return pathsBelow(folder).filter((path) => {
    const content = contentOf(join(folder, path));
    return (
      content.includes(secret) || (content.subarray(0, 2).toString() === "PK" && content.includes("tfplan"))
    );
  });
}

/** Files below a folder, as far as they stay: a run that was killed has programs that end, and remove theirs. */
function pathsBelow(folder: string, below = ""): readonly string[] {
  return entriesIn(join(folder, below)).flatMap((entry) => {
    const path = join(below, entry.name);
    if (OTHERS.test(entry.isDirectory() ? `${path}/` : path)) return [];
    return entry.isDirectory() ? pathsBelow(folder, path) : entry.isFile() ? [path] : [];
  });
}

function entriesIn(folder: string): readonly Dirent[] {
  return unlessGone(() => readdirSync(folder, { withFileTypes: true })) ?? [];
}

function contentOf(file: string): Buffer {
  return unlessGone(() => readFileSync(file)) ?? Buffer.alloc(0);
}

function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** What is no run's: packages, git's own, Terraform's programs; and the states that a restore keeps on purpose. */
const OTHERS = /^(?:node_modules|\.git|\.groundplan\/state-backups)\/|\/\.terraform\//;

/** Notes of processes, links, and configuration: which providers a lock is for, and where a state lies. */
const NOT_SECRET =
  /\/(?:[^/]+\.pid(?:\.new)?|(?:outside|project|worktree)-[0-9a-f-]{36}|stack|(?:main|backend)\.tf\.json|\.terraform(?:\.lock\.hcl)?)$/;

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
