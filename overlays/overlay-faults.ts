import type { Fault, Faults } from "@groundplan/modules/core/errors";

/** Notes faults of one overlay in one form: the key, the value, and a valid value. */
export class OverlayFaults {
  private readonly at: string;

  constructor(
    private readonly faults: Faults,
    environment: { readonly name: string },
  ) {
    this.at = `overlay ${JSON.stringify(environment.name)}`;
  }

  add(key: string, value: unknown, problem: string, valid: string): void {
    // JSON has no word for NaN and writes null.
    const shown = typeof value === "number" ? String(value) : JSON.stringify(value);
    this.faults.addAll([{ what: `${key} is ${shown}: ${problem}`, instead: valid, at: this.at }]);
  }

  /** Faults that a pure function of a module found, below a key. */
  addAll(key: string, faults: readonly Fault[]): void {
    this.faults.addAll(
      faults.map(({ what, instead }) => ({ what: `${key}: ${what}`, instead, at: this.at })),
    );
  }

  /** A whole number within a range, both ends included. */
  wholeNumber(key: string, value: number, least: number, most: number, example: number): void {
    if (Number.isInteger(value) && value >= least && value <= most) return;
    const range = most === Number.POSITIVE_INFINITY ? `${least} or more` : `${least} to ${most}`;
    this.add(key, value, `not a whole number of ${range}`, `use e.g. ${example}`);
  }

  /** No value twice. */
  distinct(key: string, values: readonly string[]): void {
    const twice = values.filter((value, index) => values.indexOf(value) !== index);
    for (const value of new Set(twice)) this.add(key, value, "listed twice", "list it once");
  }
}
