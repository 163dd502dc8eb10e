import { existsSync } from "node:fs";
import { dirname, extname, join, posix, relative, sep } from "node:path";
import { type ParserPlugin, parse, type parseExpression } from "@babel/parser";
import { readInputFile } from "../../input/file";
import { decode } from "../../input/json";
import type { Service } from "../service";

/** A file or folder that a source reads beside itself. */
export interface Beside {
  /** Where in the source that is, e.g. `src/index.ts:3`. */
  readonly at: string;

  /** What lies beside the source, by its path in the zip, where the bundle will look for it; undefined when only a run knows it. */
  readonly path: string | undefined;

  /** Where it lies on this machine; undefined when nothing is there. */
  readonly source: string | undefined;
}

/** Largest source that is looked through, in bytes. */
const LARGEST = 10_000_000;

/** What can be a place at all: whatever else a source says, it has no place. */
const PLACE = /\b__dirname\b|\b__filename\b|\bimport\.meta\b/;

/**
 * What the sources of a bundle read beside themselves, by `__dirname`, `import.meta.dirname` or `import.meta.url`. In
 * the zip all of them are one file at its root, so that is where they look for it.
 *
 * @param sources - the service's own sources that went in.
 */
export function besideOf({ folder }: Service, sources: readonly string[]): readonly Beside[] {
  return sources.flatMap((file) => {
    if (!/\.[cm]?[jt]sx?$/.test(file)) return [];
    const text = decode(readInputFile(file, { bytes: LARGEST }, "make the source smaller"));
    if (!PLACE.test(text)) return [];
    const name = relative(folder, file).split(sep).join(posix.sep);
    return placesIn(text, extname(file)).map(({ line, path }) => {
      const place = path === undefined ? undefined : join(dirname(file), path);
      return {
        at: `${name}:${line}`,
        path: path === undefined ? undefined : posix.normalize(path),
        source: place !== undefined && existsSync(place) ? place : undefined,
      };
    });
  });
}

type Expression = ReturnType<typeof parseExpression>;
type Of<T extends Expression["type"]> = Extract<Expression, { readonly type: T }>;

/** An expression, and what stands where one may. */
type Node =
  | Expression
  | Of<"CallExpression">["arguments"][number]
  | Of<"CallExpression">["callee"]
  | Of<"NewExpression">["arguments"][number]
  | Of<"BinaryExpression">["left"]
  | Of<"TemplateLiteral">["expressions"][number];

/** Any node of a tree. */
interface AnyNode {
  readonly type: string;
  readonly loc?: { readonly start: { readonly line: number } } | null;
  readonly id?: { readonly type: string; readonly name?: string };
  readonly init?: Node | null;
}

/** What an expression comes to: a text, or a place beside the source, of which a run may know the rest. */
type Value =
  | { readonly text: string }
  | { readonly path: string | undefined; readonly isFile?: true; readonly isUrl?: true };

/** A place in a source: the line, and the path from the source's folder. */
interface Found {
  readonly line: number;
  readonly path: string | undefined;
}

const MODULE_FILE = "\0module";

function placesIn(text: string, ending: string): readonly Found[] {
  const plugins: ParserPlugin[] = /^\.[cm]?ts/.test(ending) ? ["typescript"] : [];
  if (ending.endsWith("x")) plugins.push("jsx");
  const tree = parse(text, {
    sourceType: "unambiguous",
    allowAwaitOutsideFunction: true,
    allowReturnOutsideFunction: true,
    errorRecovery: true,
    plugins: [...plugins, "decorators-legacy"],
  });
  const names = new Map<string, Value>();
  const found: Found[] = [];
  const evaluate = (node: Node | null | undefined): Value | undefined => evaluated(node, names);
  const visit = (node: AnyNode): void => {
    const name = node.type === "VariableDeclarator" ? node.id?.name : undefined;
    const initial = name === undefined ? undefined : evaluate(node.init);
    if (name !== undefined && initial) names.set(name, initial);
    const value = node.type === "Identifier" ? undefined : evaluate(node as Node);
    if (value && "path" in value && value.path !== "" && value.path !== MODULE_FILE) {
      found.push({ line: node.loc?.start.line ?? 1, path: value.path });
      return;
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(tree.program as AnyNode);
  return found;
}

function evaluated(node: Node | null | undefined, names: ReadonlyMap<string, Value>): Value | undefined {
  const of = (one: Node | null | undefined) => evaluated(one, names);
  switch (node?.type) {
    case "StringLiteral":
      return { text: node.value };
    case "Identifier":
      if (names.has(node.name)) return names.get(node.name);
      if (node.name === "__dirname") return { path: "" };
      return node.name === "__filename" ? { path: MODULE_FILE, isFile: true } : undefined;
    case "MemberExpression": {
      const { object, property } = node;
      if (object.type !== "MetaProperty" || property.type !== "Identifier") return undefined;
      if (property.name === "dirname") return { path: "" };
      return ["filename", "url"].includes(property.name) ? { path: MODULE_FILE, isFile: true } : undefined;
    }
    case "TSAsExpression":
    case "TSNonNullExpression":
    case "ParenthesizedExpression":
      return of(node.expression);
    case "BinaryExpression":
      return node.operator === "+" ? added([of(node.left), of(node.right)]) : undefined;
    case "TemplateLiteral": {
      const parts = node.quasis.flatMap((quasi, index) => [
        { text: quasi.value.cooked ?? "" },
        ...(index < node.expressions.length ? [of(node.expressions[index])] : []),
      ]);
      return added(parts.filter((part) => !part || !("text" in part) || part.text !== ""));
    }
    case "NewExpression": {
      const [to, from] = node.arguments;
      const name = node.callee.type === "Identifier" ? node.callee.name : "";
      if (name !== "URL") return undefined;
      const base = of(from);
      return base && "isFile" in base ? joined([{ path: "" }, of(to)]) : undefined;
    }
    case "CallExpression":
      return called(node.callee, node.arguments.map(of));
    default:
      return undefined;
  }
}

function called(callee: Node, values: readonly (Value | undefined)[]): Value | undefined {
  const name =
    callee.type === "Identifier"
      ? callee.name
      : callee.type === "MemberExpression" && callee.property.type === "Identifier"
        ? callee.property.name
        : "";
  const [first] = values;
  if (name === "join" || name === "resolve") return joined(values);
  if (name === "fileURLToPath") return first;
  if (name !== "dirname" || !first || !("path" in first)) return undefined;
  if ("isFile" in first) return { path: "" };
  return { path: first.path === undefined ? undefined : posix.join(first.path, "..") };
}

/** Parts of a path behind each other, e.g. `__dirname + "/page.html"`. */
function added(values: readonly (Value | undefined)[]): Value | undefined {
  const [first, ...rest] = values;
  if (!first) return undefined;
  if ("text" in first) {
    const texts = values.map((one) => (one && "text" in one ? one.text : undefined));
    return texts.includes(undefined) ? undefined : { text: texts.join("") };
  }
  return joined([first, ...rest]);
}

function joined(values: readonly (Value | undefined)[]): Value | undefined {
  const [first, ...rest] = values;
  if (!first || !("path" in first) || "isFile" in first) return undefined;
  const texts = rest.map((one) => (one && "text" in one ? one.text : undefined));
  if (first.path === undefined || texts.includes(undefined)) return { path: undefined };
  const path = posix.join(".", first.path, ...texts.map(String));
  return { path: path === "." || path === "./" ? "" : path };
}

function childrenOf(node: AnyNode): readonly AnyNode[] {
  return Object.entries(node).flatMap(([key, value]) => {
    if (key === "loc" || key.endsWith("Comments")) return [];
    const all: unknown[] = Array.isArray(value) ? value : [value];
    return all.filter((one): one is AnyNode => typeof (one as AnyNode | null)?.type === "string");
  });
}
