import { createHash } from "node:crypto";
import { lstatSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { watch } from "chokidar";
import { InputError, readInput } from "../input/file";

/** Properties of {@link watchFiles}. */
export interface WatchProps {
  /** Folder that is watched, with all below it. */
  readonly root: string;

  /** Whether a path, relative to the root, is not watched, with all below it: what git ignores, and what is run writes. */
  readonly omits: (path: string) => boolean;

  /** Of some changed paths, those that count. */
  readonly counted: (paths: readonly string[]) => Promise<readonly string[]>;

  /** Ends it. */
  readonly signal: AbortSignal;

  /** Called when all is watched, before the first change. */
  readonly onReady: () => Promise<void>;

  /** Called with the paths that changed, relative to the root; what changes meanwhile is told afterwards. */
  readonly onChange: (paths: readonly string[]) => Promise<void>;

  /**
   * Milliseconds without a change after which a change is told: an editor writes a file in several steps, and git many files.
   *
   * @default 200
   */
  readonly quiet?: number;
}

/** Tells what changes in a folder until the signal; a file that is written with the same content does not change. */
export async function watchFiles(props: WatchProps): Promise<void> {
  const { root, omits, signal, quiet = 200 } = props;
  const pending = new Set<string>();
  let wake = () => {};
  const watcher = watch(root, {
    ignoreInitial: true,
    ignored: (path) => path !== root && isOmitted(relative(root, path), omits),
  });
  const made = new Set<string>();
  watcher.on("all", (event, absolute) => {
    const path = relative(root, absolute);
    if (event === "add") made.add(path);
    // An editor's file that came and went is no change.
    if (event === "unlink" && made.has(path)) pending.delete(path);
    else pending.add(path);
    wake();
  });
  const failed = new Promise<never>((_, reject) => watcher.on("error", reject));
  const told = async () => {
    await new Promise<void>((resolve) => watcher.once("ready", () => resolve()));
    const contents = new Map<string, string>();
    await props.onReady();
    while (!signal.aborted) {
      if (pending.size === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
        continue;
      }
      const size = pending.size;
      await sleep(quiet, undefined, { signal }).catch(() => undefined);
      if (signal.aborted || pending.size > size) continue;
      const changed = await props.counted([...pending].filter((path) => isAnother(root, path, contents)));
      pending.clear();
      made.clear();
      if (changed.length > 0) await props.onChange([...changed].sort());
    }
  };
  try {
    await Promise.race([told(), failed]);
  } finally {
    await watcher.close();
  }
}

/** Names that nothing is made of, wherever they are. */
const NEVER = new Set([".git", "node_modules", ".groundplan", ".terraform"]);

function isOmitted(path: string, omits: WatchProps["omits"]): boolean {
  if (path.startsWith("..") || isAbsolute(path)) return true;
  return path.split(sep).some((name) => NEVER.has(name)) || omits(path);
}

/** Whether a file has another content than it had at its last change; notes it. */
function isAnother(root: string, path: string, contents: Map<string, string>): boolean {
  const now = digestOf(join(root, path));
  if (contents.get(path) === now) return false;
  contents.set(path, now);
  return true;
}

/** Largest file whose content is compared, in bytes: 20 MB; of a larger one, its time of change. */
const LARGEST = 20_000_000;

function digestOf(file: string): string {
  try {
    return createHash("sha256")
      .update(readInput(file, { bytes: LARGEST }))
      .digest("hex");
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // It is gone, or a folder, a pipe, or too large.
    const stat = lstatSync(file, { throwIfNoEntry: false });
    return stat?.isFile() ? `${stat.size} ${stat.mtimeMs}` : "";
  }
}
