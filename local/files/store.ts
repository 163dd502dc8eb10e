import { lstatSync } from "node:fs";
import { dirname } from "node:path";
import { privateFolder, writeWhole } from "./private";
import { readSmallFile } from "./read-file";
import { setAside } from "./seal";

/**
 * A small document that is saved at every change, by writing beside it and renaming: what is on disk
 * is always whole.
 */
export class Store<T extends object> {
  private static generation = 0;

  /** From now on, no store that is there saves anything: its file is replaced by another state's. */
  static retireAll(): void {
    Store.generation += 1;
  }

  private readonly generation = Store.generation;
  private document: T;

  /** @param file - where it is kept; undefined for memory only. */
  constructor(
    private readonly file: string | undefined,
    private readonly empty: () => T,
  ) {
    this.document = (file === undefined ? undefined : read<T>(file)) ?? empty();
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
    if (this.file === undefined || this.generation !== Store.generation) return;
    privateFolder(dirname(this.file));
    writeWhole(this.file, JSON.stringify(this.document, null, 2));
  }
}

/** Largest document that is read, in bytes; a longer text is none for JSON. */
const LARGEST = 512 * 2 ** 20;

/** What is kept in a file; undefined where there is none. One that is damaged is set aside, and the service is empty. */
function read<T extends object>(file: string): T | undefined {
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
  try {
    const found: unknown = JSON.parse(readSmallFile(file, { bytes: LARGEST }));
    if (isTable(found) && Object.values(found).every(isTable)) return found as T;
  } catch {
    // Named below.
  }
  console.error(`${file} is damaged, and is kept as ${setAside(file)}: the service starts empty`);
  return undefined;
}

function isTable(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
