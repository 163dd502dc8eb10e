/**
 * What something costs in a month, in US dollars: between `low` and `high`, which are the same where it is known. Neither is
 * negative, unless it is the difference of two.
 */
export interface Amount {
  readonly low: number;
  readonly high: number;
}

/** Nothing. */
export const NOTHING: Amount = { low: 0, high: 0 };

/** An amount that is known. */
export function exactly(dollars: number): Amount {
  return { low: dollars, high: dollars };
}

/** The sum of some amounts, the same in any order. */
export function sumOf(amounts: Iterable<Amount>): Amount {
  const all = [...amounts];
  return { low: total(all.map(({ low }) => low)), high: total(all.map(({ high }) => high)) };
}

/** An amount times a number that is not negative. */
export function times({ low, high }: Amount, factor: number): Amount {
  return { low: low * factor, high: high * factor };
}

/**
 * What an amount becomes dearer by. Of two that are ranges it is all that may be: the cheapest after less the dearest before,
 * and the other way round.
 */
export function difference(after: Amount, before: Amount): Amount {
  return { low: after.low - before.high, high: after.high - before.low };
}

/** How much an amount matters beside others, whichever its sign is. */
export function weight({ low, high }: Amount): number {
  return Math.max(Math.abs(low), Math.abs(high));
}

/** Sorted first: floating point gives other last digits for another order. */
function total(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b).reduce((sum, each) => sum + each, 0);
}
