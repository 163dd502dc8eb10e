import { at, isArray, isObject, type Json } from "../input/json";
import { SENSITIVE, SENSITIVE_CHANGED } from "../input/text-mask";

/**
 * What a price depends on, and nobody knows yet: a value that only an apply makes, or one that is masked. The sentence is
 * shown; it has the attribute's name, and never its value.
 */
export class NotKnown extends Error {
  override readonly name = "NotKnown";
}

/**
 * The values of a resource, before or after: as a plan has them, where blocks are lists, or as a configuration has them,
 * where a block may stand alone, and what Terraform computes is `${…}`.
 */
export class Values {
  constructor(
    private readonly value: Json | undefined,
    private readonly unknown?: Json,
    private readonly path = "",
    private readonly isLenient = false,
  ) {}

  /**
   * The same values, of which one that a plan does not know counts as not set: a provider computes what nobody has set, and
   * what AWS takes then is the default of whoever asks. A masked value stays what it is, and so does an expression of a
   * configuration, which somebody has set.
   */
  get given(): Values {
    return new Values(this.value, this.unknown, this.path, true);
  }

  /** Whether nothing at all is known, not even whether it is there once. */
  get isOpen(): boolean {
    return this.unknown === true || isMasked(this.value);
  }

  /** A number. @returns undefined where it is not set. @throws NotKnown */
  number(name: string): number | undefined {
    const value = this.leaf(name);
    if (value === undefined) return undefined;
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof number === "number" && Number.isFinite(number) && number >= 0) return number;
    throw new NotKnown(`${this.pathOf(name)} is no number`);
  }

  /** A text. @returns undefined where it is not set, or empty. @throws NotKnown */
  text(name: string): string | undefined {
    const value = this.leaf(name);
    if (value === undefined || value === "") return undefined;
    if (typeof value === "string") return value;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    throw new NotKnown(`${this.pathOf(name)} is no text`);
  }

  /** Whether something is on; not where it is not set. @throws NotKnown */
  is(name: string): boolean {
    return this.text(name) === "true";
  }

  /** A list of texts; empty where it is not set. @throws NotKnown */
  texts(name: string): readonly string[] {
    if (this.isUnset(name)) return [];
    const value = at(this.value, name);
    if (value === undefined || value === null) return [];
    const list = isArray(value) ? value : [value];
    return list.map((one, index) => {
      const mark = at(at(this.unknown, name), index);
      if (isMasked(one)) throw new NotKnown(`${this.pathOf(name)} is masked`);
      if (mark === true || typeof one !== "string" || isComputed(one)) throw this.notKnown(name);
      return one;
    });
  }

  /** How many items a list has, whatever they are. @throws NotKnown where even that is not known. */
  count(name: string): number {
    if (this.isUnset(name)) return 0;
    const value = at(this.value, name);
    if (value === undefined || value === null) return 0;
    return isArray(value) ? value.length : 1;
  }

  /** The blocks of a name. @throws NotKnown where even their number is not known. */
  blocks(name: string): readonly Values[] {
    if (this.isUnset(name)) return [];
    const value = at(this.value, name);
    const marks = at(this.unknown, name);
    if (value === undefined || value === null) {
      return isArray(marks)
        ? marks.map((mark) => new Values(undefined, mark, this.pathOf(name), this.isLenient))
        : [];
    }
    const list = isArray(value) ? value : [value];
    return list.map(
      (one, index) =>
        new Values(one, isArray(value) ? at(marks, index) : marks, this.pathOf(name), this.isLenient),
    );
  }

  /** The first block of a name; one without values where there is none. @throws NotKnown */
  block(name: string): Values {
    return this.blocks(name)[0] ?? new Values(undefined, undefined, this.pathOf(name), this.isLenient);
  }

  /** Whether something is set, be it known or not. */
  has(name: string): boolean {
    if (this.isLenient && this.isMarked(name)) return false;
    const value = at(this.value, name);
    const mark = at(this.unknown, name);
    const isSet = (one: Json | undefined) =>
      one === true || (isArray(one) ? one.length > 0 : isObject(one) && Object.keys(one).length > 0);
    if (value === undefined || value === null) return isSet(mark);
    return isArray(value) ? value.length > 0 : value !== "";
  }

  /** Whether a value is there and known. */
  knows(name: string): boolean {
    try {
      return this.text(name) !== undefined;
    } catch (error) {
      if (error instanceof NotKnown) return false;
      throw error;
    }
  }

  private leaf(name: string): Json | undefined {
    if (this.isUnset(name)) return undefined;
    const value = at(this.value, name);
    return value === null ? undefined : value;
  }

  /** @throws NotKnown where it is not known, and that is not the same as not set. */
  private isUnset(name: string): boolean {
    if (this.isLenient && this.isMarked(name)) return true;
    this.assertKnown(name);
    return false;
  }

  private assertKnown(name: string): void {
    const value = at(this.value, name);
    if (isMasked(value) || isMasked(this.value)) throw new NotKnown(`${this.pathOf(name)} is masked`);
    if (this.isOpenAt(name)) throw this.notKnown(name);
  }

  private isOpenAt(name: string): boolean {
    return this.isMarked(name) || isComputed(at(this.value, name)) || isComputed(this.value);
  }

  /** Whether a plan says that it is not known. */
  private isMarked(name: string): boolean {
    return this.unknown === true || at(this.unknown, name) === true;
  }

  private notKnown(name: string): NotKnown {
    return new NotKnown(`${this.pathOf(name)} is known only after the apply`);
  }

  private pathOf(name: string): string {
    return this.path === "" ? name : `${this.path}.${name}`;
  }
}

function isMasked(value: Json | undefined): boolean {
  return value === SENSITIVE || value === SENSITIVE_CHANGED;
}

/** What a configuration leaves to Terraform. */
function isComputed(value: Json | undefined): boolean {
  return typeof value === "string" && /(?<!\$)\$\{/.test(value);
}
