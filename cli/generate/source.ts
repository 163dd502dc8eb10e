import { parse } from "@babel/parser";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";

/** A node of a parsed file, with what is read of it. */
export interface Node {
  readonly type: string;

  /** Where it begins and ends in the text. */
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * A TypeScript file that is changed at places which its syntax tree names, so that a team's own format, comments and
 * order do not matter; everything else stays as it is, letter by letter.
 */
export class Source {
  readonly tree: Node;
  private readonly edits: Edit[] = [];

  /** @throws CliError when it is not TypeScript. */
  constructor(
    readonly path: string,
    private readonly before: string,
  ) {
    try {
      this.tree = parse(before, { sourceType: "module", plugins: ["typescript"] }) as unknown as Node;
    } catch (error) {
      throw new CliError(
        EXIT.USAGE,
        `${path} does not compile: ${(error as Error).message}`,
        "mend it first",
      );
    }
  }

  /** The text with all changes. */
  get text(): string {
    const [text, at] = [...this.edits]
      .sort((one, other) => one.start - other.start)
      .reduce(
        ([done, from], { start, end, text: added }): [string, number] => [
          `${done}${this.before.slice(from, start)}${added}`,
          end,
        ],
        ["", 0] as [string, number],
      );
    return `${text}${this.before.slice(at)}`;
  }

  /** The text of a node, as it was. */
  textOf({ start, end }: Node): string {
    return this.before.slice(start, end);
  }

  /** All nodes of a type, in the order of the text. */
  all(type: string, within: Node = this.tree): readonly Node[] {
    return [...walk(within)].filter((node) => node.type === type);
  }

  replace({ start, end }: Pick<Node, "start" | "end">, text: string): void {
    this.edits.push({ start, end, text });
  }

  private insert(at: number, text: string): void {
    this.replace({ start: at, end: at }, text);
  }

  /** Names that the file imports. */
  importedNames(): readonly string[] {
    return this.all("ImportDeclaration").flatMap(({ specifiers }) =>
      (specifiers as readonly Node[]).map(({ local }) => nameOf(local)),
    );
  }

  addImport(name: string, from: string): void {
    const at = this.all("ImportDeclaration").at(-1)?.end;
    const text = `import { ${name} } from ${JSON.stringify(from)};`;
    this.insert(at ?? 0, at === undefined ? `${text}\n` : `\n${text}`);
  }

  /** Adds an element to a list, or a property to an object: after one of its own, or as the first. */
  addTo(list: Node, text: string, after: Node | undefined): void {
    if (!after) this.insert(list.start + 1, `${text},`);
    else {
      // What is written behind it on its line stays with it.
      const behind = /^\s*,[ \t]*(?:\/\/[^\n]*|\/\*[^\n]*?\*\/[ \t]*)?\n/;
      const [rest] = behind.exec(this.before.slice(after.end)) ?? [];
      if (rest === undefined) this.insert(after.end, `, ${text}`);
      else this.insert(after.end + rest.length, `${this.indentAt(after.start)}${text},\n`);
    }
  }

  /** Adds a statement below another one. */
  addBelow(statement: Node, text: string): void {
    this.insert(statement.end, `\n${this.indentAt(statement.start)}${text}`);
  }

  /** What the line of a place begins with. */
  private indentAt(at: number): string {
    const line = this.before.slice(this.before.lastIndexOf("\n", at - 1) + 1, at);
    return /^\s*/.exec(line)?.[0] ?? "";
  }
}

/** The value of an object's property; undefined when it has none, or has it by a spread. */
export function property(object: Node, name: string): Node | undefined {
  const found = (object.properties as readonly Node[] | undefined)?.find(
    ({ type, key }) => type === "ObjectProperty" && nameOf(key) === name,
  );
  return found?.value as Node | undefined;
}

/** The name of an identifier, or the value of a string. */
export function nameOf(node: unknown): string {
  const { name, value } = (node ?? {}) as Partial<Node>;
  return String(name ?? value ?? "");
}

function* walk(node: Node): Generator<Node> {
  yield node;
  for (const [key, value] of Object.entries(node)) {
    if (key.endsWith("Comments") || key === "loc") continue;
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === "object" && child !== null && typeof child.type === "string") yield* walk(child);
    }
  }
}

/** A file whose form leaves no place for a change: what was looked for, and what to write by hand. */
export function noPlaceIn(path: string, form: string, byHand: string): CliError {
  return new CliError(
    EXIT.USAGE,
    `${path} has no ${form}: nothing was written`,
    "write it in that form and run this again, or add by hand:",
    ...byHand.split("\n").map((line) => `  ${line}`),
  );
}
