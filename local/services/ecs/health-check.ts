import type { Container } from "../../hosts/container";
import { type Input, numberOf, objectOf, textsOf } from "./input";
import type { HealthStatus } from "./state";

/** How a container's health is checked; times in milliseconds. */
export interface HealthCheck {
  readonly command: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
  readonly startPeriod: number;
}

/** What a container definition says of it. @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
export function healthCheckOf(container: Input): HealthCheck | undefined {
  const check = objectOf(container, "healthCheck");
  const [kind = "NONE", ...rest] = check ? textsOf(check, "command") : [];
  if (!check || kind === "NONE") return undefined;
  const command =
    kind === "CMD"
      ? rest
      : ["/bin/sh", "-c", kind === "CMD-SHELL" ? rest.join(" ") : [kind, ...rest].join(" ")];
  const seconds = (key: string, otherwise: number) => (numberOf(check, key) ?? otherwise) * 1000;
  return {
    command,
    interval: seconds("interval", 30),
    timeout: seconds("timeout", 5),
    retries: numberOf(check, "retries") ?? 3,
    startPeriod: seconds("startPeriod", 0),
  };
}

/** What the checks of a container have come to. */
export interface Checked {
  readonly status: HealthStatus;

  /** Failures one after the other. */
  readonly failures: number;
}

/** What one more check comes to. A failure in the start period does not count. */
export function checkedAfter(
  before: Checked,
  isSuccess: boolean,
  { retries }: Pick<HealthCheck, "retries">,
  isStarting: boolean,
): Checked {
  if (isSuccess) return { status: "HEALTHY", failures: 0 };
  if (isStarting && before.status === "UNKNOWN") return before;
  const failures = before.failures + 1;
  return { failures, status: failures >= retries ? "UNHEALTHY" : before.status };
}

/** Milliseconds between checks until the first success: what has just started is looked at more often than on AWS. */
const EAGER = 1000;

/**
 * Checks a container's health until it ends.
 *
 * Until it is healthy for the first time it is checked each second, and only failures an interval apart count.
 */
export function watchHealth(
  container: Container,
  check: HealthCheck,
  onChange: (status: HealthStatus) => void,
): { stop(): void } {
  let checked: Checked = { status: "UNKNOWN", failures: 0 };
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const begun = Date.now();
  let counted = begun;
  const run = async () => {
    const { exitCode } = await container.execute(check.command, check.timeout);
    if (isStopped) return;
    const time = Date.now();
    const isDue = time - counted >= check.interval || checked.status !== "UNKNOWN";
    if (exitCode === 0 || isDue) {
      counted = time;
      const next = checkedAfter(checked, exitCode === 0, check, time - begun < check.startPeriod);
      if (next.status !== checked.status) onChange(next.status);
      checked = next;
    }
    const pause = checked.status === "UNKNOWN" ? Math.min(EAGER, check.interval) : check.interval;
    timer = setTimeout(() => void run(), pause);
  };
  timer = setTimeout(() => void run(), Math.min(200, check.interval));
  return {
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
