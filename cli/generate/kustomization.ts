import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  parseAllDocuments,
  parseDocument,
  visit,
  type YAMLSeq,
} from "yaml";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";

/** Replaces every value of a YAML file that is one name, and what its comments quote of it; all else stays as it is. */
export function renameValues(path: string, text: string, from: string, to: string): string {
  const places: (readonly [start: number, end: number])[] = [];
  for (const document of parseAllDocuments(text)) {
    checkYaml(path, document as Document);
    visit(document as Document, {
      Scalar(key, { value, range }) {
        if (key !== "key" && value === from && range) places.push([range[0], range[1]]);
      },
    });
  }
  const renamed = places
    .sort(([one], [other]) => other - one)
    .reduce((done, [start, end]) => `${done.slice(0, start)}${to}${done.slice(end)}`, text);
  return renamed.replaceAll(/^\s*#.*$/gm, (comment) => comment.replaceAll(`\`${from}\``, `\`${to}\``));
}

/** Lists of a Kustomize file that are changed, as their items stand in the text. */
export class Kustomization {
  private readonly document: Document;

  /** @throws CliError when it is no YAML. */
  constructor(
    readonly path: string,
    readonly text: string,
  ) {
    this.document = parseDocument(text) as Document;
    checkYaml(path, this.document);
  }

  /** The items of a list with their lines; none when there is no such list. */
  items(key: string): readonly Item[] {
    const list = this.list(key);
    return (list?.items ?? []).map((node) => {
      const { range } = node as { range?: readonly [number, number, number] | null };
      if (!list || !range || list.flow) throw this.noList(key);
      const start = this.text.lastIndexOf("\n", range[0]) + 1;
      const end = this.text.indexOf("\n", Math.max(range[0], range[1] - 1));
      const value = isScalar(node) || isMap(node) || isSeq(node) ? node.toJS(this.document) : undefined;
      return { value, start, lines: this.text.slice(start, end === -1 ? undefined : end) };
    });
  }

  /** The file with an item more at the end of a list, or below one of its items. */
  withItem(key: string, lines: string, below: Item | undefined = this.items(key).at(-1)): Kustomization {
    if (!below) throw this.noList(key);
    const at = below.start + below.lines.length;
    return new Kustomization(this.path, `${this.text.slice(0, at)}\n${lines}${this.text.slice(at)}`);
  }

  private list(key: string): YAMLSeq | undefined {
    const node = this.document.get(key, true);
    return isSeq(node) ? node : undefined;
  }

  private noList(key: string): CliError {
    return new CliError(
      EXIT.USAGE,
      `${this.path} has no list "${key}" with an item in each line: nothing was written`,
      "write it so, and run this again",
    );
  }
}

/** An item of a list. */
export interface Item {
  readonly value: unknown;

  /** Where its first line begins. */
  readonly start: number;

  /** Its lines as they stand in the file, without the last line's end. */
  readonly lines: string;
}

function checkYaml(path: string, { errors }: Document): void {
  const [error] = errors;
  if (error)
    throw new CliError(EXIT.USAGE, `${path} is no YAML: ${error.message.split("\n")[0]}`, "mend it first");
}
