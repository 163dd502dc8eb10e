import type { Amount } from "./amount";

/** How an amount is written. */
export interface MoneyProps {
  /**
   * With its sign, as a difference: `+$43.80`.
   *
   * @default false
   */
  readonly sign?: boolean;
}

/** An amount in words: `$43.80`, with its sign `+$43.80`, as a range `$4.38 to $43.80`. */
export function moneyWords({ low, high }: Amount, { sign = false }: MoneyProps = {}): string {
  const [first, last] = [dollars(low, sign), dollars(high, sign)];
  return first === last ? first : `${first} to ${last}`;
}

/** Under a cent, and not nothing, it is said so: `$0.00` would be taken for free. */
function dollars(amount: number, sign: boolean): string {
  const cents = Math.round(Math.abs(amount) * 100);
  if (cents === 0 && Math.abs(amount) > LEAST) return `${signOf(amount, sign)}<$0.01`;
  const text = (cents / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return `${cents === 0 ? "" : signOf(amount, sign)}$${text}`;
}

/** What floating point leaves of two amounts that are the same. */
const LEAST = 1e-9;

function signOf(amount: number, sign: boolean): string {
  if (amount < 0) return "−";
  return sign ? "+" : "";
}
