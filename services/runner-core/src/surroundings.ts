import { metrics } from "./metrics";
import type { Context } from "./ports";
import { readSettings } from "./settings";

/** What all functions have: their settings, the time, and where they write. */
export function surroundings(env: NodeJS.ProcessEnv): Pick<Context, "settings" | "now" | "count" | "log"> {
  const settings = readSettings(env);
  const now = () => Date.now() / 1000;
  const write = (line: string) => void process.stdout.write(line);
  return {
    settings,
    now,
    count: metrics(settings.fleet, now, write),
    log: ({ level = "INFO", ...line }) =>
      write(`${JSON.stringify({ timestamp: new Date().toISOString(), level, ...line })}\n`),
  };
}
