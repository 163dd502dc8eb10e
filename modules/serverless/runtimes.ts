import type { Fault } from "../core/errors";

/** Day by which a runtime counts as deprecated at synth; the same in every run, whatever the clock says. */
export const RUNTIMES_CHECKED = "2026-11-30";

/**
 * Runtimes of Lambda, each with the day of its deprecation: from then on it gets no patches. Weeks later AWS refuses new
 * functions of it, and then every update, a rollback too.
 *
 * AWS's page was not at hand itself: the days are those that two tables copied from it on 2026-05-23 and 2026-09-15 agree on,
 * `cfn-lint` (pull request 4532 of 2026-06-02) and `endoflife.date` (10025 and 10649, of 2026-05-03 and 2026-08-02) too. AWS
 * moves them, mostly to later. `nodejs26.x` and `python3.15` were previews without a day then, and are left out.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
export const RUNTIMES: Readonly<Record<string, string>> = {
  "nodejs24.x": "2028-04-30",
  "nodejs22.x": "2027-04-30",
  "nodejs20.x": "2026-04-30",
  "nodejs18.x": "2025-09-01",
  "nodejs16.x": "2024-06-12",
  "nodejs14.x": "2023-12-04",
  "nodejs12.x": "2023-03-31",
  "python3.14": "2029-06-30",
  "python3.13": "2029-06-30",
  "python3.12": "2028-10-31",
  "python3.11": "2027-06-30",
  "python3.10": "2026-10-31",
  "python3.9": "2025-12-15",
  "python3.8": "2024-10-14",
  "python3.7": "2023-12-04",
  java25: "2029-06-30",
  java21: "2029-06-30",
  "java17.al2023": "2029-06-30",
  "java11.al2023": "2029-06-30",
  "java8.al2023": "2029-06-30",
  java17: "2027-06-30",
  java11: "2027-06-30",
  "java8.al2": "2027-06-30",
  java8: "2024-01-08",
  dotnet10: "2028-11-14",
  dotnet8: "2026-11-10",
  dotnet7: "2024-05-14",
  dotnet6: "2024-12-20",
  "ruby4.0": "2029-03-31",
  "ruby3.4": "2028-03-31",
  "ruby3.3": "2027-03-31",
  "ruby3.2": "2026-03-31",
  "ruby2.7": "2023-12-07",
  "provided.al2023": "2029-06-30",
  "provided.al2": "2026-07-31",
  provided: "2024-01-08",
  "go1.x": "2024-01-08",
};

/** The runtime of a function that names none. */
export const DEFAULT_RUNTIME = "nodejs22.x";

/** Days before a deprecation at which a warning begins. */
const NOTICE_DAYS = 90;

/** The faults of a runtime: one that AWS had deprecated when the table was checked. */
export function runtimeFaults(runtime: string): readonly Fault[] {
  const until = Object.hasOwn(RUNTIMES, runtime) ? RUNTIMES[runtime] : undefined;
  if (until === undefined || until > RUNTIMES_CHECKED) return [];
  const family = familyOf(runtime);
  const newest = Object.entries(RUNTIMES).find(
    ([name, day]) => familyOf(name) === family && day > RUNTIMES_CHECKED,
  )?.[0];
  return [
    {
      what: `runtime ${JSON.stringify(runtime)} is deprecated since ${until}: Lambda gives it no patches, and refuses new functions of it`,
      instead: `use ${JSON.stringify(newest ?? "provided.al2023")}`,
    },
  ];
}

/**
 * What there is to say of a runtime on a day: that its end is near, or that the table does not know it.
 *
 * @param today - the day of judgement; only the warning depends on it.
 * @returns undefined when there is nothing to say.
 */
export function runtimeWarning(runtime: string, today: Date): string | undefined {
  const until = Object.hasOwn(RUNTIMES, runtime) ? RUNTIMES[runtime] : undefined;
  if (until === undefined) {
    return runtime.includes("${")
      ? undefined
      : `runtime ${JSON.stringify(runtime)} is none that this version knows (checked ${RUNTIMES_CHECKED})`;
  }
  const days = Math.ceil((Date.parse(until) - today.getTime()) / 86_400_000);
  if (days > NOTICE_DAYS) return undefined;
  return `runtime ${runtime} ${days > 0 ? "is" : "was"} deprecated on ${until}: take a newer one before Lambda refuses updates`;
}

/** Name of the language: `nodejs` of `nodejs22.x`. */
function familyOf(runtime: string): string {
  const [family = ""] = /^[a-z]+/.exec(runtime) ?? [];
  return family === "go" ? "provided" : family;
}
