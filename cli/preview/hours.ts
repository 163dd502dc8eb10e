/** Working hours: from Monday to Friday, at a place. */
export interface Hours {
  /** `08:00-19:00`; over midnight too. */
  readonly hours: string;

  /** Name of the IANA list. @default "UTC" */
  readonly timezone?: string;
}

/** Days on which nobody works. */
const WEEKEND = ["Sat", "Sun"];

/** Whether somebody works now. @param now - milliseconds. @returns true for a time zone that nobody knows. */
export function isWorkingTime({ hours, timezone = "UTC" }: Hours, now: number): boolean {
  const [from = "", to = ""] = hours.split("-");
  let parts: Readonly<Record<string, string>>;
  try {
    const format = new Intl.DateTimeFormat("en-GB", {
      timeZone: timezone,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  } catch {
    // It stays awake, which harms nobody.
    return true;
  }
  if (WEEKEND.includes(parts.weekday ?? "")) return false;
  const time = `${parts.hour}:${parts.minute}`;
  return from <= to ? from <= time && time < to : time >= from || time < to;
}
