import { RdsError } from "./error";

/** Parameters of a request of the query protocol. */
export class Parameters {
  private readonly all: URLSearchParams;

  constructor(body: Buffer) {
    this.all = new URLSearchParams(body.toString());
  }

  get(name: string): string | undefined {
    return this.all.get(name) ?? undefined;
  }

  /** @throws RdsError where it is missing. */
  need(name: string): string {
    const value = this.get(name);
    if (value) return value;
    throw new RdsError(
      "InvalidParameterValue",
      `The parameter ${name} must be provided and must not be blank.`,
    );
  }

  /** The values of a list: `Name.Element.1`, or `Name.1`. */
  list(name: string): readonly string[] {
    return [...this.all]
      .filter(([key]) => key.startsWith(`${name}.`) && /\.\d+$/.test(key))
      .map(([, value]) => value);
  }

  has(prefix: string): boolean {
    return [...this.all.keys()].some((key) => key === prefix || key.startsWith(`${prefix}.`));
  }

  /** Pairs of `Tags.Tag.1.Key` and `Tags.Tag.1.Value`. */
  tags(): readonly { readonly Key: string; readonly Value: string }[] {
    const keys = [...this.all].filter(([key]) => /^Tags\.(?:\w+\.)?\d+\.Key$/.test(key));
    return keys.map(([key, value]) => ({
      Key: value,
      Value: this.all.get(key.replace(/Key$/, "Value")) ?? "",
    }));
  }

  /** Values of a filter: `Filters.Filter.1.Name` with `Filters.Filter.1.Values.Value.1`. */
  filter(name: string): readonly string[] | undefined {
    const found = [...this.all].find(
      ([key, value]) => /^Filters\.\w+\.\d+\.Name$/.test(key) && value === name,
    );
    return found && this.list(found[0].replace(/Name$/, "Values.Value"));
  }

  /** Those of some names that are given. */
  given(names: readonly string[]): Record<string, string> {
    return Object.fromEntries(
      names.flatMap((name) => (this.all.has(name) ? [[name, this.all.get(name) ?? ""]] : [])),
    );
  }
}
