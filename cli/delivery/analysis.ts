/** How often a service is asked, and how many of the answers may be errors. */
export interface Rule {
  /** Number of checks, 1 or more. */
  readonly checks: number;

  /** Seconds over which they are spread. */
  readonly seconds: number;

  /** Percent of the checks that may fail, 0 to 100. */
  readonly maxErrors: number;
}

/** How one check ended: `ok`, or an answer that is none of a service that is well, or none at all. */
export type Sample = "ok" | "error";

/** `running` while more checks decide; `inconclusive` when they have ended too early. */
export type Verdict = "running" | "pass" | "fail" | "inconclusive";

/** What checks say of a service until now. */
export interface Judgement {
  readonly verdict: Verdict;

  /** Number of checks that count: those beyond the rule's are left out. */
  readonly taken: number;

  /** Number of them that failed. */
  readonly errors: number;

  /** Most of all checks that may fail. */
  readonly allowed: number;
}

/** Most checks that may fail: one more, and the share is above what is allowed. Argo Rollouts calls it `failureLimit`. */
export function failureLimit({ checks, maxErrors }: Pick<Rule, "checks" | "maxErrors">): number {
  return Math.floor((checks * maxErrors) / 100);
}

/** Milliseconds from one check to the next. */
export function checkInterval({ checks, seconds }: Pick<Rule, "checks" | "seconds">): number {
  return Math.floor((seconds * 1000) / checks);
}

/**
 * Judges a service by its checks. It fails as soon as the limit cannot be kept any more, whatever comes; it passes only
 * when all checks were made.
 *
 * @param ended - no further check will be made.
 */
export function judge(rule: Rule, samples: readonly Sample[], ended = false): Judgement {
  const allowed = failureLimit(rule);
  const counted = samples.slice(0, rule.checks);
  const errors = counted.filter((sample) => sample === "error").length;
  const of = (verdict: Verdict): Judgement => ({ verdict, taken: counted.length, errors, allowed });
  if (errors > allowed) return of("fail");
  if (counted.length >= rule.checks) return of("pass");
  return of(ended ? "inconclusive" : "running");
}

/** Requests that a service has answered, and how many of the answers were errors of its own. */
export interface Traffic {
  readonly requests: number;
  readonly errors: number;
}

/** Judges a service by what it counted itself; without a request nobody can say. */
export function judgeTraffic({ maxErrors }: Pick<Rule, "maxErrors">, traffic: Traffic | undefined): Verdict {
  if (traffic === undefined || traffic.requests === 0) return "inconclusive";
  return traffic.errors * 100 > maxErrors * traffic.requests ? "fail" : "pass";
}

const WORST_FIRST: readonly Verdict[] = ["fail", "inconclusive", "running", "pass"];

/** The verdict of several together: the worst. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return WORST_FIRST.find((verdict) => verdicts.includes(verdict)) ?? "inconclusive";
}
