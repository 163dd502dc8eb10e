import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";

/** Times to live, as people write them: `30m`, `12h`, `7d`, `2w`. */

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** The form of a time to live. */
export const TTL_FORM = "^[1-9][0-9]{0,4}[mhdw]$";

/** Longest time to live, in milliseconds: 90 days. */
export const LONGEST_TTL = 90 * UNITS.d;

/** Shortest time to live, in milliseconds: 15 minutes, for a preview takes minutes to be made. */
export const SHORTEST_TTL = 15 * UNITS.m;

/** Milliseconds of a time to live; undefined when it is none, or out of range. */
export function ttlOf(text: string): number | undefined {
  if (!new RegExp(TTL_FORM).test(text)) return undefined;
  const milliseconds = Number(text.slice(0, -1)) * UNITS[text.slice(-1) as keyof typeof UNITS];
  return milliseconds >= SHORTEST_TTL && milliseconds <= LONGEST_TTL ? milliseconds : undefined;
}

/** Milliseconds of a time to live. @throws CliError when it is none. */
export function checkTtl(text: string): number {
  const milliseconds = ttlOf(text);
  if (milliseconds !== undefined) return milliseconds;
  throw new CliError(
    EXIT.USAGE,
    `invalid time to live ${JSON.stringify(text.slice(0, 50))}`,
    "use 15m to 90d: a number with m, h, d or w, e.g. 7d",
  );
}

/** What is left of a time, in its two largest units: `6d 4h`, `3h 20m`, `12m`; `over` when nothing is. */
export function remaining(until: string, now: number): string {
  const minutes = Math.ceil((Date.parse(until) - now) / UNITS.m);
  if (minutes <= 0) return "over";
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  if (days > 0) return `${days}d ${hours}h`;
  return hours > 0 ? `${hours}h ${rest}m` : `${rest}m`;
}
