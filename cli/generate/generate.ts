import { join } from "node:path";
import { CliError, Interrupted } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { InputError } from "../input/file";
import { readJson } from "../input/json";
import { stopGroup } from "../process/interrupts";
import { ownSecrets } from "../process/own-secrets";
import { run } from "../process/run";
import { Turn } from "../process/turn";
import { diffs, formatted, refuseUncommitted } from "./checkout";
import { Draft, type FileChange } from "./draft";
import type { Generated } from "./generated";
import { checkIsPlatform } from "./platform";
import { undoUnfinished, writeAll } from "./write";

/** What is to be written, ready to be shown. */
export interface Proposal extends Generated {
  readonly changes: readonly FileChange[];

  /** What changes in each file that is there already. */
  readonly diffs: ReadonlyMap<string, readonly string[]>;

  /** Files that a killed run had written, and that are undone. */
  readonly undone: readonly string[];
}

/** Properties of {@link generate}. */
export interface GenerateProps {
  /** Folder of the project. */
  readonly root: string;

  /** Puts what is to be written into a draft. */
  readonly make: (draft: Draft) => Generated;

  /** Whether files are changed that have changes which are not committed. */
  readonly allowDirty: boolean;

  /** Shows what is to be written, and says whether it is. */
  readonly accept: (proposal: Proposal) => Promise<boolean>;
}

/** Writes what a generator makes, all of it or nothing. @returns whether it was written. */
export function generate({ root, make, allowDirty, accept }: GenerateProps): Promise<boolean> {
  checkIsPlatform(root);
  return Turn.during(root, "new", "writes new files here", async () => {
    const undone = undoUnfinished(root);
    const draft = new Draft(root);
    const generated = make(draft);
    if (!allowDirty) await refuseUncommitted(root, draft.changes);
    const changes = await formatted(root, draft.changes);
    if (!(await accept({ ...generated, changes, diffs: await diffs(root, changes), undone }))) return false;
    writeAll(root, changes);
    return true;
  });
}

/** Whether the project has the script that renews what is derived. */
export function canDerive(root: string): boolean {
  try {
    const content = readJson(join(root, "package.json"), { bytes: 1_000_000 });
    return typeof (content as { scripts?: { derive?: unknown } } | null)?.scripts?.derive === "string";
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

/** What `npm run derive` did. */
export interface Derived {
  /** Paths that it wrote. */
  readonly files: readonly string[];

  /** What else it said, e.g. that addresses are gone. */
  readonly remarks: readonly string[];
}

/**
 * Runs `npm run derive`.
 *
 * @throws CliError with what it printed when it fails; what was generated stays.
 */
export async function derive(root: string, onLine: (line: string) => void): Promise<Derived> {
  const { exitCode, stdout, all } = await run("npm", ["run", "--silent", "derive"], {
    cwd: root,
    live: { progress: onLine, mask: (text) => ownSecrets().scrubUnfinished(text) },
    stop: stopGroup,
  }).catch((error: unknown) => {
    throw error instanceof Interrupted
      ? new Interrupted("the new files are written", "go on with: npm run derive")
      : error;
  });
  if (exitCode !== 0) {
    throw new CliError(
      EXIT.FAILED,
      "npm run derive failed; the new files are written",
      ...ownSecrets().scrub(all.trim()).split("\n"),
      "mend that, and run: npm run derive",
    );
  }
  const lines = stdout.split("\n").filter((line) => line !== "");
  const isPath = (line: string) => /^\S+\/\S+(?: \(removed\))?$/.test(line);
  return { files: lines.filter(isPath), remarks: lines.filter((line) => !isPath(line)) };
}
