import type { Fault } from "../core/errors";
import { isTimeZone } from "./time-zone";

/** Other limits of a pool at some hours of some days. */
export interface RunnerHours {
  /** Days on which they begin, 1 to 7. */
  readonly days: readonly ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];

  /** When they begin, e.g. `07:00`. */
  readonly from: string;

  /** When they end, e.g. `19:00`; one that is not later than `from` is on the next day. */
  readonly to: string;

  /** Time zone of the IANA database, e.g. `Europe/Berlin`. */
  readonly timeZone: string;

  /**
   * Instances at once, 0 to 1000. With 0, jobs wait.
   *
   * @default - the pool's `max`
   */
  readonly max?: number;

  /**
   * Instances that wait for a job before there is one, 0 to `max`. They cost while they wait.
   *
   * @default 0
   */
  readonly idle?: number;
}

const DAYS: readonly string[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** The faults of a pool's hours. @param most - the pool's `max` */
export function hoursFaults(hours: readonly RunnerHours[], most: number): readonly Fault[] {
  const faults: Fault[] = [];
  const check = (isRight: boolean, what: string, instead: string) => {
    if (!isRight) faults.push({ what, instead });
  };
  for (const [index, { days, from, to, timeZone, max = most, idle = 0 }] of hours.entries()) {
    const at = `hours[${index}]`;
    check(
      days.length > 0 && days.every((day) => DAYS.includes(day)),
      `${at}.days is ${JSON.stringify(days)}`,
      `use 1 to 7 of ${DAYS.join(", ")}`,
    );
    for (const [name, time] of Object.entries({ from, to }))
      check(TIME.test(time), `${at}.${name} is ${JSON.stringify(time)}`, 'use a time, e.g. "07:00"');
    check(
      isTimeZone(timeZone),
      `${at}.timeZone ${JSON.stringify(timeZone)} is not a time zone`,
      'use e.g. "Europe/Berlin"',
    );
    check(
      Number.isInteger(max) && max >= 0 && max <= 1000,
      `${at}.max is ${max}`,
      "use a whole number of 0 to 1000",
    );
    check(
      Number.isInteger(idle) && idle >= 0 && idle <= max,
      `${at}.idle is ${idle}`,
      `use a whole number of 0 to ${max}`,
    );
  }
  return faults;
}
