/** Levels of a line, the least important first. */
export const LEVELS = ["debug", "info", "warn", "error"] as const;

export type Level = (typeof LEVELS)[number];

/** What a line has beside its message. */
type Fields = Readonly<Record<string, unknown>>;

/** Writes a line of JSON for each event. */
export interface Log {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}

/**
 * A log that leaves out what is less important than its level.
 *
 * @param always - fields of every line, e.g. the environment.
 */
export function logOf(
  level: Level,
  always: Fields,
  write: (line: string) => void = (line) => void process.stdout.write(line),
): Log {
  const at =
    (of: Level) =>
    (message: string, fields: Fields = {}) => {
      if (LEVELS.indexOf(of) < LEVELS.indexOf(level)) return;
      write(
        `${JSON.stringify({ time: new Date().toISOString(), level: of, message, ...always, ...fields })}\n`,
      );
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
