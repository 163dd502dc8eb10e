import { createHash } from "node:crypto";
import { isRunning, markOf, type ProcessMark } from "@groundplan/local/process-file";

/** A run of the command line, for others to see whether it still goes on, and to name it. */
export interface Owner extends ProcessMark {
  /** Its command without options, e.g. `artifact deploy dev`. */
  readonly command: string;
}

/** How a name begins by which this process owns a folder: its id, and when it began, since the system gives ids anew. */
export function ownName(prefix: string): string {
  const { pid, began } = thisProcess();
  return `${prefix}-${pid}-${digestOf(began)}-`;
}

/**
 * Whether the process that a name names has ended; a name of another form is nobody's, and not judged.
 *
 * @param name - of a file or folder, begun by {@link ownName}; what an older version made has no beginning in it.
 */
export function isAbandoned(prefix: string, name: string): boolean {
  const form = new RegExp(`^${prefix}-(\\d{1,10})-(?:([0-9a-f]{8})-)?[A-Za-z0-9_]{6}$`);
  const [, pid, began] = form.exec(name) ?? [];
  if (pid === undefined) return false;
  const mark = markOf(Number(pid));
  return mark === undefined || (began !== undefined && digestOf(mark.began) !== began);
}

/** This process. */
export function thisOwner(): Owner {
  return { ...thisProcess(), command: commandOf(process.argv.slice(2)) };
}

/** Reads an owner that a process has written; undefined when it is none, or its process has ended. */
export function livingOwner(text: string): Owner | undefined {
  try {
    const { pid, began, command } = JSON.parse(text) as Partial<Owner>;
    if (!Number.isInteger(pid) || pid === undefined || typeof began !== "string") return undefined;
    if (!isRunning({ pid, began })) return undefined;
    return { pid, began, command: typeof command === "string" && WORDS.test(command) ? command : "" };
  } catch {
    return undefined;
  }
}

/** What a command may be: else it is not shown. */
const WORDS = /^[\w.*/-]+(?: [\w.*/-]+)*$/;

/** The words of a command up to its first option, whose value may be a secret. */
function commandOf(args: readonly string[]): string {
  const first = args.findIndex((word) => word.startsWith("-") || !WORDS.test(word));
  return args
    .slice(0, first < 0 ? undefined : first)
    .slice(0, 4)
    .join(" ")
    .slice(0, 80);
}

let known: ProcessMark | undefined;

function thisProcess(): ProcessMark {
  known ??= markOf(process.pid) ?? { pid: process.pid, began: "" };
  return known;
}

function digestOf(began: string): string {
  return createHash("sha256").update(began).digest("hex").slice(0, 8);
}
