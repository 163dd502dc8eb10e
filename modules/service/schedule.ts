import type { Fault } from "../core/errors";

/** When a schedule fires. */
export interface Schedule {
  /**
   * `rate(5 minutes)`, `cron(0 8 ? * MON-FRI *)` with minute, hour, day of the month, month, day of the week and year,
   * or `at(2026-12-24T18:00:00)` for once.
   *
   * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
   */
  readonly expression: string;

  /**
   * Time zone of `cron` and `at`, by its name in the IANA database, e.g. `Europe/Berlin`: hours follow its summer time.
   *
   * @default "UTC"
   */
  readonly timezone?: string;
}

/** Fields of a cron expression: name, least and most, and the words that stand for numbers. */
const FIELDS: readonly (readonly [
  name: string,
  least: number,
  most: number,
  words: string,
  signs: string,
])[] = [
  ["minute", 0, 59, "", "*"],
  ["hour", 0, 23, "", "*"],
  ["day of the month", 1, 31, "", "*?LW"],
  ["month", 1, 12, "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC", "*"],
  ["day of the week", 1, 7, "SUN|MON|TUE|WED|THU|FRI|SAT", "*?L#"],
  ["year", 1970, 2199, "", "*"],
];

/** Every fault of a schedule: what EventBridge Scheduler would refuse at apply. */
export function scheduleFaults({ expression, timezone = "UTC" }: Schedule): readonly Fault[] {
  return [...expressionFaults(expression), ...timezoneFaults(timezone)];
}

function expressionFaults(expression: string): readonly Fault[] {
  const [, kind, inner = ""] = /^(rate|cron|at)\(([^()]*)\)$/.exec(expression) ?? [];
  const fault = (what: string, instead: string): readonly Fault[] => [
    { what: `schedule ${JSON.stringify(expression)} ${what}`, instead },
  ];
  switch (kind) {
    case "rate":
      if (/^[1-9]\d{0,5} (?:minute|hour|day)s?$/.test(inner)) return [];
      return fault("is not a rate", 'use e.g. "rate(5 minutes)", "rate(1 hour)" or "rate(7 days)"');
    case "at":
      if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inner) && !Number.isNaN(Date.parse(`${inner}Z`))) return [];
      return fault("is not a moment", 'use e.g. "at(2026-12-24T18:00:00)", without a zone');
    case "cron": {
      const problem = cronProblem(inner);
      return problem === undefined
        ? []
        : fault(problem, 'use e.g. "cron(0 8 ? * MON-FRI *)": 8 o\'clock on working days');
    }
    default:
      return fault("is none", 'use e.g. "rate(1 hour)" or "cron(0 8 ? * MON-FRI *)"');
  }
}

function cronProblem(inner: string): string | undefined {
  const fields = inner.split(" ");
  if (fields.length !== FIELDS.length) return `has ${fields.length} fields, and EventBridge wants 6`;
  for (const [index, text] of fields.entries()) {
    const [name = "", least = 0, most = 0, words = "", signs = ""] = FIELDS[index] ?? [];
    if (!isField(text, { least, most, words, signs })) return `has no ${name} in ${JSON.stringify(text)}`;
  }
  const [, , day, , weekday] = fields;
  // One of them says which days; the other stands back.
  if ((day === "?") === (weekday === "?")) return 'wants "?" in one of day of the month and day of the week';
  return undefined;
}

interface Field {
  readonly least: number;
  readonly most: number;
  readonly words: string;
  readonly signs: string;
}

/** Whether a text is a list of values, ranges and steps of a field. */
function isField(text: string, { least, most, words, signs }: Field): boolean {
  if (text === "*" || (text === "?" && signs.includes("?"))) return true;
  const value = (part: string) =>
    (words !== "" && new RegExp(`^(?:${words})$`, "i").test(part)) ||
    (/^\d{1,4}$/.test(part) && Number(part) >= least && Number(part) <= most);
  return text.split(",").every((part) => {
    if (signs.includes("L") && /^L(?:W|-\d{1,2})?$/.test(part)) return true;
    if (signs.includes("W") && /^\d{1,2}W$/.test(part)) return value(part.slice(0, -1));
    if (signs.includes("#")) {
      const [, day = "", nth] = /^([^#]+)(?:#([1-5])|L)$/.exec(part) ?? [];
      if (day !== "" && value(day) && (nth !== undefined || part.endsWith("L"))) return true;
    }
    const [range = "", step, more] = part.split("/");
    if (more !== undefined || (step !== undefined && !/^[1-9]\d{0,3}$/.test(step))) return false;
    if (range === "*") return step !== undefined;
    const [from = "", to, rest] = range.split("-");
    return rest === undefined && value(from) && (to === undefined || value(to));
  });
}

function timezoneFaults(timezone: string): readonly Fault[] {
  try {
    new Intl.DateTimeFormat("en", { timeZone: timezone });
    return [];
  } catch {
    const what = `timezone ${JSON.stringify(timezone)} is not in the IANA database`;
    return [{ what, instead: 'use e.g. "Europe/Berlin" or "UTC"' }];
  }
}
