import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { privateFolder, writeWhole } from "../private";

/**
 * A small document that is saved at every change, by writing beside it and renaming: what is on disk
 * is always whole.
 */
export class Store<T extends object> {
  private document: T;

  /** @param file - where it is kept; undefined for memory only. */
  constructor(
    private readonly file: string | undefined,
    private readonly empty: () => T,
  ) {
    this.document =
      file !== undefined && existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T) : empty();
  }

  get value(): T {
    return this.document;
  }

  /** Changes the document and saves it. */
  change(edit: (document: T) => void): void {
    edit(this.document);
    this.save();
  }

  reset(): void {
    this.document = this.empty();
    this.save();
  }

  private save(): void {
    if (this.file === undefined) return;
    privateFolder(dirname(this.file));
    writeWhole(this.file, JSON.stringify(this.document, null, 2));
  }
}
