import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { readInputFile } from "../input/file";

/** Largest source that is read, in bytes. */
const LARGEST_SOURCE = 10_000_000;

/** A source of a project; undefined when it is not there. */
export function readSource(root: string, path: string): string | undefined {
  const file = join(root, path);
  return existsSync(file)
    ? readInputFile(file, { bytes: LARGEST_SOURCE }, "check the file, and run it again").toString()
    : undefined;
}

/** A file that is created, or changed. */
export interface FileChange {
  /** Path in the repository. */
  readonly path: string;

  /** What it is now; undefined for one that is created. */
  readonly before: string | undefined;
  readonly after: string;
}

/** What is to be written, kept apart from the files until all of it is known. */
export class Draft {
  private readonly made = new Map<string, FileChange>();

  constructor(
    /** Folder of the project. */
    readonly root: string,
  ) {}

  get changes(): readonly FileChange[] {
    return [...this.made.values()].filter(({ before, after }) => before !== after);
  }

  has(path: string): boolean {
    return this.made.has(path) || existsSync(join(this.root, path));
  }

  /** A file as it will be. @throws CliError when it is not there. */
  read(path: string): string {
    const made = this.made.get(path);
    if (made) return made.after;
    const text = readSource(this.root, path);
    if (text !== undefined) return text;
    throw new CliError(
      EXIT.USAGE,
      `there is no ${path}`,
      `at ${this.root}`,
      "it is needed, and nothing was written",
    );
  }

  /** @throws CliError when it is there already. */
  create(path: string, text: string): void {
    if (this.has(path))
      throw new CliError(
        EXIT.USAGE,
        `${path} is there already: nothing was written`,
        "move it away, or use another name",
      );
    this.made.set(path, { path, before: undefined, after: text });
  }

  change(path: string, text: string): void {
    const before = this.made.has(path) ? this.made.get(path)?.before : this.read(path);
    this.made.set(path, { path, before, after: text });
  }

  /** Files of a folder and those below it, by their paths in the folder. */
  files(folder: string): readonly string[] {
    const path = join(this.root, folder);
    return readdirSync(path, { recursive: true, encoding: "utf8" })
      .filter((name) => statSync(join(path, name)).isFile())
      .sort();
  }
}
