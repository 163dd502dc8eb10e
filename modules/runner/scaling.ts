import type { Fault } from "../core/errors";
import { hoursFaults, type RunnerHours } from "./hours";
import { isTimeZone } from "./time-zone";

/** So many instances, always: each has a number, e.g. `runner-01`. */
export interface FixedScaling {
  /** Instances, 1 to 99, and at most the pool's `max`. */
  readonly count: number;

  /**
   * What the names of its runners begin with, 1 to 32 characters. GitHub knows each name once.
   *
   * @default "runner"
   */
  readonly namePrefix?: string;
}

/** As many instances as there are jobs, within limits that may depend on the time of day. */
export interface GroupScaling {
  /** Fewest instances, 0 to the pool's `max`. */
  readonly min: number;

  /**
   * Instances to begin with; afterwards the queue decides.
   *
   * @default - `min`
   */
  readonly desired?: number;

  /**
   * Average use of the processors in percent, 10 to 90, above which instances are added too.
   *
   * @default - only the queue adds instances
   */
  readonly cpuPercent?: number;

  /**
   * Other limits from a time on, by a name that keys them.
   *
   * @default - the same limits at all times
   */
  readonly schedules?: Readonly<Record<string, ScalingSchedule>>;
}

/** Limits of a group from a time on. */
export interface ScalingSchedule {
  /** When, as cron says it: minute, hour, day of the month, month, day of the week, e.g. `0 7 * * 1-5`. */
  readonly cron: string;

  /** Time zone of the IANA database, e.g. `Europe/Berlin`. */
  readonly timeZone: string;

  /** Fewest instances from then on, 0 to the pool's `max`. */
  readonly min: number;
}

/** How many instances a pool has: one for each job, unless `fixed` or `group` says otherwise. */
export interface PoolScaling {
  /** Instances at once, 1 to 1000. */
  readonly max: number;

  /**
   * So many instances that stay between jobs.
   *
   * @default - an instance for each job
   */
  readonly fixed?: FixedScaling;

  /**
   * Instances that stay between jobs, as many as the queue needs.
   *
   * @default - an instance for each job
   */
  readonly group?: GroupScaling;

  /**
   * Other limits at some hours, of a pool with an instance for each job; the first that fit count.
   *
   * @default - the same limits at all times
   */
  readonly hours?: readonly RunnerHours[];
}

/** Tells whether the instances of a pool stay between jobs: their number is that of an autoscaling group. */
export function isStanding({ fixed, group }: Pick<PoolScaling, "fixed" | "group">): boolean {
  return fixed !== undefined || group !== undefined;
}

/** What the names of the runners of a pool with a fixed number begin with; undefined for any other. */
export function namePrefixOf({ fixed }: Pick<PoolScaling, "fixed">): string | undefined {
  return fixed && (fixed.namePrefix ?? "runner");
}

/** The faults of pools that would give their runners the same names: those of the second would never register. */
export function namePrefixFaults(
  pools: Readonly<Record<string, Pick<PoolScaling, "fixed">>>,
): readonly Fault[] {
  const faults: Fault[] = [];
  const holders = new Map<string, string>();
  for (const [name, pool] of Object.entries(pools)) {
    const prefix = namePrefixOf(pool);
    if (prefix === undefined) continue;
    const holder = holders.get(prefix);
    if (holder === undefined) holders.set(prefix, name);
    else
      faults.push({
        what: `pool ${JSON.stringify(name)}: its runners have the names of pool ${JSON.stringify(holder)}, ${prefix}-01 and so on`,
        instead: `give one of them a fixed.namePrefix of its own, e.g. "${name}"`,
      });
  }
  return faults;
}

/** The faults of a pool's scaling. */
export function scalingFaults({ max, fixed, group, hours = [] }: PoolScaling): readonly Fault[] {
  const faults: Fault[] = [];
  const whole = (what: string, value: number, least: number, most: number) => {
    if (!Number.isInteger(value) || value < least || value > most)
      faults.push({ what: `${what} is ${value}`, instead: `use a whole number of ${least} to ${most}` });
  };
  faults.push(...hoursFaults(hours, max));
  if (hours.length > 0 && (fixed || group))
    faults.push({
      what: "hours are for a pool with an instance for each job",
      instead: "use group.schedules for instances that stay",
    });
  if (fixed && group)
    faults.push({ what: "the pool is both fixed and a group", instead: "keep one of fixed and group" });
  if (fixed) {
    whole("fixed.count", fixed.count, 1, Math.min(99, max));
    const { namePrefix } = fixed;
    if (namePrefix !== undefined && !/^[a-z](?:-?[a-z0-9]){0,31}$/.test(namePrefix))
      faults.push({
        what: `fixed.namePrefix ${JSON.stringify(namePrefix)} does not begin a name`,
        instead: 'use lower-case letters, digits and single hyphens, e.g. "runner"',
      });
  }
  if (!group) return faults;
  const { min, desired = min, cpuPercent, schedules = {} } = group;
  whole("group.min", min, 0, max);
  whole("group.desired", desired, min, max);
  if (cpuPercent !== undefined) whole("group.cpuPercent", cpuPercent, 10, 90);
  for (const [name, { cron, timeZone, min: least }] of Object.entries(schedules)) {
    const at = `group.schedules.${name}`;
    whole(`${at}.min`, least, 0, max);
    if (!/^[a-z](?:-?[a-z0-9]){0,31}$/.test(name))
      faults.push({
        what: `schedule ${JSON.stringify(name)} is not a name`,
        instead: 'use e.g. "working-hours"',
      });
    if (!/^(?:[\d*/,A-Za-z-]+ ){4}[\d*/,A-Za-z-]+$/.test(cron))
      faults.push({
        what: `${at}.cron ${JSON.stringify(cron)} has not five fields`,
        instead: 'use e.g. "0 7 * * 1-5"',
      });
    if (!isTimeZone(timeZone))
      faults.push({
        what: `${at}.timeZone ${JSON.stringify(timeZone)} is not a time zone`,
        instead: 'use e.g. "Europe/Berlin"',
      });
  }
  return faults;
}
