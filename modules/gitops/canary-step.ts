/** One share of the traffic, and how the new version is judged while it has it. */
export interface CanaryStep {
  /** Percent of the traffic, 1 to 99. */
  readonly weight: number;

  /** Number of checks. */
  readonly checks: number;

  /** Seconds over which they are spread. */
  readonly seconds: number;

  /** Percent of the checks that may fail, 0 to 99. */
  readonly maxErrors: number;
}

/** Most checks of a step that may fail: one more, and the share is above what is allowed. */
export function failureLimit({ checks, maxErrors }: Pick<CanaryStep, "checks" | "maxErrors">): number {
  return Math.floor((checks * maxErrors) / 100);
}

/** Time from one check to the next, as Go writes it: `2s`, or `1500ms`. */
export function checkInterval({ checks, seconds }: Pick<CanaryStep, "checks" | "seconds">): string {
  const milliseconds = Math.floor((seconds * 1000) / checks);
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}
