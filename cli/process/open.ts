import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";

/** Milliseconds after which what opens a file is taken to have done so: some stay for as long as the browser does. */
const LIMIT = 3_000;

/** The program that opens a file as a double click would, by platform. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ["open"],
  // The empty word is the title of a window, which `start` takes from the first word with quotes.
  win32: ["cmd", "/c", "start", ""],
};

/**
 * Opens a file with the program that the desktop has for it.
 *
 * @throws CliError when there is none.
 */
export async function openFile(file: string, platform: NodeJS.Platform = process.platform): Promise<void> {
  const [program, ...args] = OPENERS[platform] ?? ["xdg-open"];
  const child = spawn(program, [...args, file], { stdio: "ignore", detached: true, env: process.env });
  const waiting = new AbortController();
  const ended = new Promise<string | undefined>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code) => resolve(code === 0 ? undefined : `${program} ended with ${code}`));
  });
  const fault = await Promise.race([
    ended,
    sleep(LIMIT, undefined, { signal: waiting.signal }).catch(() => undefined),
  ]);
  waiting.abort();
  child.unref();
  if (fault === undefined) return;
  throw new CliError(EXIT.MISSING, `${file} cannot be opened`, fault, "open it in a browser yourself");
}
