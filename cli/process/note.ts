import { isRunning } from "@groundplan/local/process-file";
import { readInput } from "../input/file";

/**
 * Runs a program that has noted itself first, in the file that is `$0`: its id, and when it began. So no moment is left
 * in which it runs and nobody knows of it, however this process ends; and a program that cannot be noted does not run.
 */
const WITH_PID_FILE =
  '{ echo $$ && { cat /proc/$$/stat 2>/dev/null || ps -o lstart= -p $$; }; } >"$0.new" && mv -f "$0.new" "$0" && exec "$@"';

/** The file by which a program knows that whoever started it is there: it ends, without a line, with that process. */
export const PARENT = 4;

/** Waits beside the program, in its group, and interrupts the group when the process that started it is gone. */
const WITH_PARENT = `{ read -r _ <&${PARENT} || kill -s INT -- "-$$"; } & exec ${PARENT}<&-; `;

/**
 * The program and its arguments that run a command which notes itself in a file.
 *
 * @param endsWithParent - whether it is interrupted when this process is killed: its file {@link PARENT} has to be a pipe.
 */
export function withPidFile(
  file: string,
  command: string,
  args: readonly string[],
  endsWithParent = false,
): readonly [string, string[]] {
  return ["/bin/sh", ["-c", `${endsWithParent ? WITH_PARENT : ""}${WITH_PID_FILE}`, file, command, ...args]];
}

/** Id of the program that is noted in a file and still runs. */
export function notedProcess(file: string): number | undefined {
  const [first = "", ...rest] = textOf(file).split("\n");
  const pid = Number(first.trim());
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  // An id alone may be another program's by now.
  const began = beganIn(rest.join("\n"));
  return began !== undefined && isRunning({ pid, began }) ? pid : undefined;
}

/** When a process began, as its mark says it: in a line of Linux, or in the words of `ps`. */
function beganIn(text: string): string | undefined {
  const end = text.lastIndexOf(") ");
  const began = end < 0 ? text.trim() : text.slice(end + 2).split(" ")[19];
  return began === undefined || began === "" ? undefined : began;
}

/** Largest note that is read, in bytes: one has some hundred. */
const LARGEST_NOTE = 10_000;

/** What an odd thing of that name holds counts as nothing. */
function textOf(file: string): string {
  try {
    return readInput(file, { bytes: LARGEST_NOTE }).toString();
  } catch {
    return "";
  }
}
