import { type Options, execa } from "execa";
import { CliError, Interrupted } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { hear, interrupted } from "../console/interrupts";

/** How a program ended. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;

  /** Output and error output together, as they came. */
  readonly all: string;
}

/** Properties of {@link run}. */
export interface RunProps {
  readonly cwd: string;

  /** Variables beside this process's; one that is undefined is taken away. */
  readonly env?: Readonly<Record<string, string | undefined>>;

  /** Called with each line of output. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a program to its end. It is told of Ctrl-C once, so that it can save what it has.
 *
 * @throws Interrupted when the user stopped it; a failure is in the exit code.
 */
export async function run(command: string, args: readonly string[], props: RunProps): Promise<Ended> {
  if (interrupted.aborted) throw new Interrupted();
  const options = {
    cwd: props.cwd,
    env: { ...process.env, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", ...props.env },
    extendEnv: false,
    all: true,
    reject: false,
    stdin: "ignore",
    detached: true,
    cleanup: false,
    maxBuffer: 200_000_000,
  } as const satisfies Options;
  const child = execa(command, [...args], options);
  hear(child);
  if (props.onLine) {
    const { onLine } = props;
    child.all.on("data", (chunk: Buffer) => {
      const line = plain(chunk.toString()).trim().split("\n").at(-1)?.trim();
      if (line) onLine(line);
    });
  }
  const ended = await child;
  if (interrupted.aborted) throw new Interrupted();
  if (ended.exitCode === undefined && ended.signal === undefined) {
    throw new CliError(EXIT.MISSING, `${command} cannot be run`, ended.shortMessage);
  }
  return { exitCode: ended.exitCode ?? 1, stdout: ended.stdout, all: ended.all ?? "" };
}

/** Text without the terminal's control sequences. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
  return text.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, "").replaceAll("\r", "\n");
}
