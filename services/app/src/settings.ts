import { LEVELS, type Level } from "./log";

/** What the environment variables say. */
export interface Settings {
  /** Name of the environment, e.g. `dev`. */
  readonly environment: string;

  /** What `/version` answers: the commit that the image was built from. */
  readonly version: string;
  readonly level: Level;
  readonly port: number;

  /** Share of the requests that fail, 0 to 1: for tests of alarms and roll-backs. */
  readonly errorRate: number;

  /** Milliseconds by which each answer is later: for tests of alarms and roll-backs. */
  readonly latencyMs: number;
}

/** Reads the settings. @throws Error that names each variable whose value is wrong. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const faults: string[] = [];
  const number = (name: string, fallback: number, least: number, most: number): number => {
    const text = env[name]?.trim() ?? "";
    const value = text === "" ? fallback : Number(text);
    if (value >= least && value <= most) return value;
    faults.push(`${name} is ${JSON.stringify(text)}: use a number from ${least} to ${most}`);
    return fallback;
  };
  const level = env.LOG_LEVEL || "info";
  if (!isLevel(level)) {
    faults.push(`LOG_LEVEL is ${JSON.stringify(level)}: use one of ${LEVELS.join(", ")}`);
  }
  const settings = {
    environment: env.APP_ENV || "local",
    version: env.APP_VERSION || "unknown",
    level: isLevel(level) ? level : "info",
    port: number("PORT", 8080, 0, 65_535),
    errorRate: number("ERROR_RATE", 0, 0, 1),
    latencyMs: number("LATENCY_MS", 0, 0, 60_000),
  };
  if (faults.length > 0) throw new Error(faults.join("; "));
  return settings;
}

function isLevel(text: string): text is Level {
  return (LEVELS as readonly string[]).includes(text);
}
