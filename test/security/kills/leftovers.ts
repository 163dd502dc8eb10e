import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Where a run may leave something. */
export interface Rooms {
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
];

/** What runs have left that have ended: each in words; nothing when all is as it is to be. */
export async function leftovers({ project, temporary, locks }: Rooms): Promise<readonly string[]> {
  const room = namesIn(join(project, ".groundplan")).filter((name) => !KEPT.some((one) => one.test(name)));
  const beside = namesIn(project).filter((name) =>
    /^\.cdktf\.out-|\.terraform\.lock\.hcl\.|\.\d+$/.test(name),
  );
  const worktrees = spawnSync("git", ["worktree", "list"], { cwd: project, encoding: "utf8" });
  const others = worktrees.status === 0 ? worktrees.stdout.trim().split("\n").slice(1) : [];
  return [
    ...room.map((name) => `.groundplan/${name}`),
    ...beside,
    ...namesIn(temporary).map((name) => `temporary folder ${name}`),
    ...others.map((line) => `worktree ${line}`),
    ...(await locks()).map((id) => `lock ${id}`),
  ];
}

/** What a run that was killed a moment ago has left in files that have a name: notes, links, and nothing of a plan. */
export function inClear({ project }: Pick<Rooms, "project">): readonly string[] {
  const room = join(project, ".groundplan");
  return namesIn(room)
    .filter((name) => name.startsWith("work-"))
    .flatMap((folder) => namesIn(join(room, folder)).map((name) => `${folder}/${name}`))
    .filter((path) => !NOT_SECRET.test(path));
}

/** Notes of processes, links, and what says which providers a lock is for. */
const NOT_SECRET =
  /\/(?:[^/]+\.pid(?:\.new)?|(?:outside|worktree)-[0-9a-f-]{36}|stack|main\.tf\.json|\.terraform(?:\.lock\.hcl)?)$/;

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
