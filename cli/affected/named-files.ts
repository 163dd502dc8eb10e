import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, resolve, sep } from "node:path";
import { isBelow, readInput } from "../input/file";
import { FOLDER, type Literal, literalsOf, literalsOfHcl, UNKNOWN } from "./literals";

/** Largest file of a module that is read, in bytes: 50 MB. */
const LARGEST = 50_000_000;

/** Where the files of a stack may lie. */
export interface Places {
  /** Folder of the checkout: what lies outside is the same on both sides. */
  readonly root: string;

  /** Folder of the project, from which an app may have made a path. */
  readonly project: string;

  /** Folder of the stack, in which Terraform runs. */
  readonly folder: string;

  /** The stack itself: a path may be put together of what stands in several of its values. */
  readonly stack?: unknown;
}

/** What a text leads to. */
interface Found {
  readonly path: string;

  /** Whether the text goes on with what is not known, or stands for several: the path is the folder of what it names. */
  readonly isPartial?: boolean;

  /** Whether the path is all of the text. */
  readonly isWhole?: boolean;
}

/** Signs behind which a path may begin within a longer text, e.g. a command. */
const BEFORE = /[\s"'`=(,:;@|&<>[{]/;

/** What a part of a path begins with, or has in it, that stands for several entries: a pattern, a verb of format(), or a value. */
const OPEN_PART = new RegExp(`^[^/]*[*?{[%${UNKNOWN}]`);

/** The begin of a path that is not known, before an end that is. */
const BEGIN_UNKNOWN = new RegExp(`^(?:${UNKNOWN}|%[sv])+/+`);

/** A text that begins so, of which no folder is known. */
const OPEN = new RegExp(`^(?:[*?{[%${UNKNOWN}])`);

/** Finds the files that values of a stack name, whatever signs their paths hold. */
export class NamedFiles {
  private readonly entries = new Map<string, readonly string[]>();
  private namesAbove: boolean | undefined;

  constructor(private readonly places: Places) {}

  /** The files and folders that a value names, as itself, within a longer text, and within its expressions. */
  find(value: string): ReadonlySet<string> {
    const found = new Set<string>();
    const literals = literalsOf(value);
    this.add(literals, this.places.folder, found);
    // fileset("/repository", "**"), where all of the repository is named.
    const isOpen = /\bfileset\s*\(/.test(value) && literals.some(({ text }) => OPEN.test(text));
    if (isOpen && ![...found].some(isFolder)) found.add(this.places.project);
    // file(join("/", [local.root, local.path])), where another value is the repository's folder.
    if (found.size === 0 && literals.some(({ isInFileCall }) => isInFileCall) && this.hasNameAbove())
      found.add(this.places.project);
    return found;
  }

  /** Whether a value of the stack is a folder above Terraform's, of which another one may go on. */
  private hasNameAbove(): boolean {
    const { root, folder, stack } = this.places;
    const isAbove = ({ text }: Literal) => {
      if (!isAbsolute(text) && !/^\.\.(?:\/+\.\.)*\/*$/.test(text)) return false;
      const path = resolve(folder, text);
      return isBelow(root, path) && isBelow(path, folder);
    };
    const look = (value: unknown): boolean =>
      typeof value === "string"
        ? literalsOf(value).some(isAbove)
        : typeof value === "object" && value !== null && Object.values(value).some(look);
    this.namesAbove ??= look(stack);
    return this.namesAbove;
  }

  private add(literals: readonly Literal[], folder: string, found: Set<string>): void {
    for (const literal of literals) {
      for (const path of this.paths(literal, folder)) {
        if (found.has(path)) continue;
        found.add(path);
        this.addModule(path, folder, found);
      }
    }
  }

  /** A module of the repository names files, too: those of its own, and other modules. */
  private addModule(path: string, folder: string, found: Set<string>): void {
    if (isBelow(path, folder) || !isFolder(path)) return;
    for (const name of this.entriesOf(path).filter((entry) => entry.endsWith(".tf"))) {
      const file = join(path, name);
      if (statSync(file, { throwIfNoEntry: false })?.isFile())
        this.add(literalsOfHcl(readInput(file, { bytes: LARGEST }).toString()), path, found);
    }
  }

  private paths({ text: template, isInFileCall }: Literal, folder: string): readonly string[] {
    const text = template.replaceAll(FOLDER, () => folder);
    if (text === "" || text.length > 100_000) return [];
    const found = new Set<string>();
    const take = (one: Found | undefined) => {
      if (one && this.isOwn(one)) found.add(one.path);
    };
    // A path that only its end is known of, as format("%s/page.html", …) has it.
    const known = text.replace(BEGIN_UNKNOWN, "");
    if (isAbsolute(known)) take(this.walk(sep, known.slice(1)));
    else if (!OPEN.test(known)) {
      for (const base of [folder, ...(isInFileCall ? [this.places.project] : [])]) {
        const one = this.walk(base, known);
        if (one?.isWhole || one?.isPartial) take(one);
      }
    }
    for (const [place, base] of this.begins(text, folder)) take(this.walk(base, text.slice(place)));
    return [...found];
  }

  /** Where else in a text a path may begin, and from which folder it leads. */
  private begins(text: string, folder: string): readonly (readonly [place: number, base: string])[] {
    const places: (readonly [number, string])[] = [];
    const { root } = this.places;
    for (let at = text.indexOf(root); at >= 0; at = text.indexOf(root, at + 1)) {
      const end = at + root.length;
      if (end === text.length || text[end] === "/") places.push([end, root]);
    }
    for (const { index } of text.matchAll(/\.{1,2}\/|\bassets\//g))
      if (index > 0 && BEFORE.test(text[index - 1] ?? "")) places.push([index, folder]);
    return places;
  }

  /**
   * The longest path that a text begins with: each of its parts is an entry of the folder before it, so that a part may
   * hold any sign. A part that is not known, or stands for several, leads to the folder before it.
   */
  private walk(base: string, text: string): Found | undefined {
    const up = /^(?:\.\/+)*\.\.(?:\/+|$)/.exec(text);
    if (up) return this.walk(resolve(base, ".."), text.slice(up[0].length));
    const rest = text.replace(/^(?:\.?\/+)+/, "");
    if (rest === "" || rest === ".") return { path: base, isWhole: true };
    const name = this.entry(base, rest);
    if (name === undefined) return OPEN_PART.test(rest) ? { path: base, isPartial: true } : undefined;
    const path = join(base, name);
    if (rest[name.length] === "/" && isFolder(path)) return this.walk(path, rest.slice(name.length + 1));
    return { path, isWhole: rest.length === name.length };
  }

  /** The longest entry of a folder that a text begins with, as the text spells it. */
  private entry(folder: string, text: string): string | undefined {
    const lower = text.slice(0, 1_000).toLowerCase();
    const spelled = this.entriesOf(folder)
      .flatMap((entry) => [entry, entry.normalize("NFC"), entry.normalize("NFD")])
      .filter((entry) => lower.startsWith(entry.toLowerCase()))
      .map((entry) => text.slice(0, entry.length))
      // A path's part ends there, or the text does.
      .filter(
        (entry) => !/^[\p{L}\p{N}_-]/u.test(text.slice(entry.length)) && existsSync(join(folder, entry)),
      );
    return spelled.sort((one, other) => other.length - one.length)[0];
  }

  private entriesOf(folder: string): readonly string[] {
    const known = this.entries.get(folder) ?? (isFolder(folder) ? readable(folder) : []);
    this.entries.set(folder, known);
    return known;
  }

  /**
   * Whether a stack can depend on a path: it is of the repository, and not just the folder in which Terraform runs, or
   * one above it.
   */
  private isOwn({ path, isPartial = false }: Found): boolean {
    const { root, folder } = this.places;
    const isOwn = isBelow(root, path) || isBelow(root, realpathSync(path));
    return isOwn && (isPartial || !isBelow(path, folder));
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function readable(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
