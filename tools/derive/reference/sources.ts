import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "@babel/parser";

/** A statement of a parsed file. */
export type Statement = ReturnType<typeof parse>["program"]["body"][number];
type Exported = NonNullable<Extract<Statement, { type: "ExportNamedDeclaration" }>["declaration"]>;

/** What a file declares under a name. */
export type Node = Extract<
  Exported,
  {
    type:
      | "ClassDeclaration"
      | "FunctionDeclaration"
      | "TSInterfaceDeclaration"
      | "TSTypeAliasDeclaration"
      | "VariableDeclaration";
  }
>;

/** A declaration with the file that it stands in. */
export interface Declaration {
  readonly name: string;
  readonly file: SourceFile;
  readonly node: Node;

  /** Its docstring; empty without one. */
  readonly doc: string;
}

/** Any node with what Babel attaches to it. */
interface Commented {
  readonly leadingComments?: readonly { readonly type: string; readonly value: string }[] | null;
}

/** The docstring that stands before a node, without its stars. */
export function docOf(...nodes: readonly Commented[]): string {
  const comments = nodes.flatMap(({ leadingComments }) => leadingComments ?? []);
  const last = comments.filter(({ type, value }) => type === "CommentBlock" && value.startsWith("*")).at(-1);
  return (last?.value ?? "")
    .slice(1)
    .replaceAll(/^\s*\* ?/gm, "")
    .trim();
}

/** A parsed TypeScript file: what it declares, and where the names lead that it takes from others. */
export class SourceFile {
  /** What it declares, by name. */
  readonly declared: ReadonlyMap<string, Declaration>;

  /** What it exports of its own, and the files of which it exports everything. */
  readonly exported: readonly string[];
  private readonly everythingOf: readonly string[];
  private readonly taken: ReadonlyMap<string, { readonly from: string; readonly name: string }>;
  private readonly text: string;

  constructor(
    readonly path: string,
    private readonly sources: Sources,
  ) {
    this.text = readFileSync(path, "utf8");
    const { program } = parse(this.text, { sourceType: "module", plugins: ["typescript"] });
    const declared = new Map<string, Declaration>();
    const taken = new Map<string, { from: string; name: string }>();
    const exported: string[] = [];
    const everythingOf: string[] = [];
    for (const statement of program.body) {
      const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
      for (const [name, node] of named(declaration)) {
        declared.set(name, { name, file: this, node, doc: docOf(statement, node) });
        if (statement.type === "ExportNamedDeclaration") exported.push(name);
      }
      if (statement.type === "ImportDeclaration") {
        for (const one of statement.specifiers) {
          if (one.type === "ImportSpecifier" && one.imported.type === "Identifier")
            taken.set(one.local.name, { from: statement.source.value, name: one.imported.name });
        }
      }
      if (statement.type === "ExportAllDeclaration") everythingOf.push(statement.source.value);
      if (statement.type === "ExportNamedDeclaration" && statement.source) {
        for (const one of statement.specifiers) {
          if (one.type !== "ExportSpecifier" || one.exported.type !== "Identifier") continue;
          taken.set(one.exported.name, { from: statement.source.value, name: one.local.name });
          exported.push(one.exported.name);
        }
      }
    }
    this.declared = declared;
    this.taken = taken;
    this.exported = exported;
    this.everythingOf = everythingOf;
  }

  /** What a name means in this file; undefined for one of another package. */
  find(name: string): Declaration | undefined {
    const own = this.declared.get(name);
    if (own) return own;
    const taken = this.taken.get(name);
    if (taken) return this.sources.resolve(taken.from, this)?.find(taken.name);
    return this.everythingOf
      .map((from) => this.sources.resolve(from, this))
      .map((file) =>
        file?.exported.includes(name) || file?.everythingOf.length ? file.find(name) : undefined,
      )
      .find((found) => found !== undefined);
  }

  /** All that it exports, in the order of its lines, with what it exports of others. */
  exports(): readonly Declaration[] {
    const others = this.everythingOf.flatMap((from) => this.sources.resolve(from, this)?.exports() ?? []);
    return [...others, ...this.exported.flatMap((name) => this.find(name) ?? [])];
  }

  /** The text of a node on one line, as a reader of a table needs it. */
  textOf({ start, end }: { readonly start?: number | null; readonly end?: number | null }): string {
    return this.text
      .slice(start ?? 0, end ?? 0)
      .replaceAll(/\/\*[\s\S]*?\*\//g, "")
      .replaceAll(/\s+/g, " ")
      .replaceAll(/\breadonly /g, "")
      .replaceAll(/\bReadonly<(Record<[^<>]*>)>/g, "$1")
      .replace(/^\| /, "")
      .replaceAll(/; \}/g, " }")
      .trim();
  }
}

/** Parsed files, each once. */
export class Sources {
  private readonly files = new Map<string, SourceFile>();

  /** @param packages - folder of the sources of each package of this repository, e.g. `@groundplan/modules`. */
  constructor(private readonly packages: Readonly<Record<string, string>>) {}

  /** The file at a path, without its ending. */
  file(path: string): SourceFile | undefined {
    const found = [`${path}.ts`, join(path, "index.ts")].find((candidate) => existsSync(candidate));
    if (found === undefined) return undefined;
    const file = this.files.get(found) ?? new SourceFile(found, this);
    this.files.set(found, file);
    return file;
  }

  /** The file that an import names; undefined for one of another package. */
  resolve(specifier: string, from: SourceFile): SourceFile | undefined {
    if (specifier.startsWith(".")) return this.file(join(dirname(from.path), specifier));
    const own = Object.entries(this.packages).find(([name]) => specifier.startsWith(`${name}/`));
    return own && this.file(join(own[1], specifier.slice(own[0].length + 1)));
  }
}

/** The names that a statement declares. */
function named(node: Statement | Exported | null | undefined): readonly (readonly [string, Node])[] {
  switch (node?.type) {
    case "VariableDeclaration":
      return node.declarations.flatMap(({ id }) => (id.type === "Identifier" ? [[id.name, node]] : []));
    case "ClassDeclaration":
    case "FunctionDeclaration":
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
      return node.id ? [[node.id.name, node]] : [];
    default:
      return [];
  }
}
