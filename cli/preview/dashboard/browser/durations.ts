const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How soon something goes, as the page colours it. */
export type Urgency = "gone" | "soon" | "later";

/** The time until a preview goes, e.g. `in 2 d 4 h`, `in 12 min`, `3 h overdue`; a time that is none: `unknown`. */
export function countdown(
  expiresAt: string,
  now: number,
): { readonly words: string; readonly urgency: Urgency } {
  const left = Date.parse(expiresAt) - now;
  if (Number.isNaN(left)) return { words: "unknown", urgency: "soon" };
  if (left <= 0) return { words: `${spanOf(-left)} overdue`, urgency: "gone" };
  return { words: `in ${spanOf(left)}`, urgency: left < DAY ? "soon" : "later" };
}

/** A span in its two largest units, rounded down. */
export function spanOf(milliseconds: number): string {
  const [days, hours, minutes] = [
    Math.floor(milliseconds / DAY),
    Math.floor((milliseconds % DAY) / HOUR),
    Math.floor((milliseconds % HOUR) / MINUTE),
  ];
  if (days > 0) return hours > 0 && days < 10 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  return minutes > 0 ? `${minutes} min` : "under a minute";
}

/** A time of day in UTC, e.g. `2026-11-30 16:05 UTC`; a text that is no time stays as it is. */
export function timeOf(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Days of a month, as AWS's price pages count them: 730 hours. */
const DAYS_A_MONTH = 730 / 24;

/** A price a month and a day, e.g. `$43.80` and `$1.44`. */
export function pricesOf(monthly: number): { readonly month: string; readonly day: string } {
  return { month: dollars(monthly), day: dollars(monthly / DAYS_A_MONTH) };
}

/** Made once: one for each of a thousand rows takes a tenth of a second. */
const CENTS = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

function dollars(amount: number): string {
  return `$${CENTS.format(amount)}`;
}
