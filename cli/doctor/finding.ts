import { CliError } from "../console/errors";

/** How much a finding matters: `fail` keeps Groundplan from working, `warn` will hurt later. */
export type Level = "ok" | "warn" | "fail";

/** What a check has found. */
export interface Finding {
  /** What was looked at, e.g. `Terraform`. */
  readonly check: string;
  readonly level: Level;

  /** What is there, in a few words. */
  readonly found: string;

  /** What to do, when it is not as it should be. */
  readonly instead?: string;
}

/** A finding without a fault. */
export function ok(check: string, found: string): Finding {
  return { check, level: "ok", found };
}

/** A finding that will hurt later. */
export function warn(check: string, found: string, instead: string): Finding {
  return { check, level: "warn", found, instead };
}

/** A finding that keeps Groundplan from working. */
export function fail(check: string, found: string, instead: string): Finding {
  return { check, level: "fail", found, instead };
}

/** An error as a finding: its first line is what was found, the rest what to do. */
export function failed(check: string, error: unknown): Finding {
  if (!(error instanceof CliError)) throw error;
  const [found = "", ...rest] = error.message.split("\n").map((line) => line.trim());
  const instead = rest.filter((line) => line !== "").join("; ");
  return { check, level: "fail", found, ...(instead === "" ? {} : { instead }) };
}
