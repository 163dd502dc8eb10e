/** Days of the week. */
export const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

/** Other limits of a pool at some hours of some days. */
export interface Hours {
  /** Days on which they begin, e.g. `["mon", "tue"]`. */
  readonly days: readonly (typeof DAYS)[number][];

  /** When they begin and end, e.g. `07:00` and `19:00`; an end that is not later is on the next day. */
  readonly from: string;
  readonly to: string;

  /** Time zone of the IANA database, e.g. `Europe/Berlin`. */
  readonly timeZone: string;

  /** Instances at once, 0 or more; the pool's own `max` when it is missing. */
  readonly max?: number;

  /** Instances that wait for a job before there is one; none when it is missing. */
  readonly idle?: number;
}

/** What is read of a pool. */
interface Timed {
  readonly max: number;
  readonly hours?: readonly Hours[];
}

/** How many instances a pool may have, and how many wait before there are jobs. */
export interface Limits {
  readonly max: number;
  readonly idle: number;
}

/**
 * The limits of a pool at a time: those of the first hours that it is in.
 *
 * @param now - seconds since 1970.
 */
export function limitsAt({ max: most, hours = [] }: Timed, now: number): Limits {
  const open = hours.find((one) => isWithin(one, now));
  const max = open?.max ?? most;
  return { max, idle: Math.min(open?.idle ?? 0, max) };
}

function isWithin({ days, from, to, timeZone }: Hours, now: number): boolean {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(new Date(now * 1000));
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  const today = (DAYS as readonly string[]).indexOf(part("weekday").toLowerCase());
  const minute = Number(part("hour")) * 60 + Number(part("minute"));
  const begins = (day: number) => days.some((one) => one === DAYS[(day + 7) % 7]);
  const [start, end] = [minutesOf(from), minutesOf(to)];
  if (start < end) return begins(today) && minute >= start && minute < end;
  return (begins(today) && minute >= start) || (begins(today - 1) && minute < end);
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}
