/** A text that Terraform makes of a template, as far as it is known before it runs. */
export interface Literal {
  /** The text; each part that Terraform alone knows is {@link UNKNOWN}, and its own folder is {@link FOLDER}. */
  readonly text: string;

  /** Whether it stands within a call of a function that reads files. */
  readonly isInFileCall: boolean;
}

/** Stands for a value that Terraform alone knows; no path holds it. */
export const UNKNOWN = "\u0000";

/** Stands for `path.module`, `path.root` or `path.cwd`; no path holds it. */
export const FOLDER = "\u0001";

/** Functions that read a file or list files. */
const FILE_CALL =
  /\b(?:file(?:base64|exists|set|md5|sha1|base64sha256|base64sha512|sha256|sha512)?|templatefile)\s*\(/;

/**
 * The texts that a value of Terraform's JSON holds: itself, and every text within its expressions, e.g. of
 * `${filemd5("${path.module}/a b.html")}`.
 *
 * @see https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping
 */
export function literalsOf(value: string): readonly Literal[] {
  const scanner = new Scanner(value);
  scanner.template(false);
  return scanner.found;
}

/** The texts of a file in Terraform's own language. */
export function literalsOfHcl(content: string): readonly Literal[] {
  const scanner = new Scanner(content);
  scanner.expression(true);
  return scanner.found;
}

class Scanner {
  readonly found: Literal[] = [];
  private at = 0;

  constructor(private readonly source: string) {}

  private begins(text: string): boolean {
    return this.source.startsWith(text, this.at);
  }

  /** @param isQuoted - whether a quote ends it, as within an expression; the whole value is none such. */
  template(isQuoted: boolean, isInFileCall = FILE_CALL.test(this.source)): void {
    let text = "";
    while (this.at < this.source.length) {
      if (isQuoted && this.begins('"')) break;
      if (this.begins("$${") || this.begins("%%{")) {
        text += this.source.slice(this.at + 1, this.at + 3);
        this.at += 3;
      } else if (this.begins("${") || this.begins("%{")) {
        const begin = this.at + 2;
        this.at = begin;
        this.expression(false, isInFileCall);
        const inner = this.source
          .slice(begin, this.at - 1)
          .replaceAll(/^~|~$/g, "")
          .trim();
        text += /^path\.(?:module|root|cwd)$/.test(inner) ? FOLDER : UNKNOWN;
      } else if (isQuoted && this.begins("\\")) {
        text += this.escaped();
      } else {
        text += this.source[this.at];
        this.at += 1;
      }
    }
    this.at += 1;
    this.found.push({ text, isInFileCall });
  }

  /** Goes on behind the bracket that closes it. @param isFile - whether the end of the source ends it. */
  expression(isFile: boolean, isInFileCall = FILE_CALL.test(this.source)): void {
    let depth = 0;
    while (this.at < this.source.length) {
      const sign = this.source[this.at];
      if (sign === '"') {
        this.at += 1;
        this.template(true, isInFileCall);
      } else if (this.begins("/*")) this.skipTo("*/");
      else if (sign === "#" || this.begins("//")) this.skipTo("\n");
      else {
        this.at += 1;
        if (sign === "{") depth += 1;
        if (sign === "}") {
          if (depth === 0 && !isFile) return;
          depth -= 1;
        }
      }
    }
    // An expression that does not end: what there is of it was read.
    this.at += isFile ? 0 : 1;
  }

  private skipTo(end: string): void {
    const found = this.source.indexOf(end, this.at + 1);
    this.at = found < 0 ? this.source.length : found + end.length;
  }

  /** A sign that a backslash stands before. */
  private escaped(): string {
    const [all = "\\", long, wide] =
      /^\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|[\s\S])/.exec(this.source.slice(this.at, this.at + 10)) ??
      [];
    this.at += all.length;
    const code = Number.parseInt(long ?? wide ?? "", 16);
    if (!Number.isNaN(code)) return code <= 0x10ffff ? String.fromCodePoint(code) : UNKNOWN;
    const signs: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
    const sign = all.slice(1);
    return signs[sign] ?? sign;
  }
}
