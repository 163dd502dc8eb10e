import { spawn } from "node:child_process";

/** What a program came to. */
export interface Run {
  readonly code: number;
  readonly stdout: string;

  /** Both streams, as they came. */
  readonly output: string;
}

/** How a program is run. */
export interface RunProps {
  /** What it reads. @default - nothing */
  readonly input?: string;

  /** Folder in which it runs. */
  readonly cwd?: string;

  /** Variables beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a program to its end; it may fail. @throws when it cannot be started. */
export function runProgram(file: string, args: readonly string[], props: RunProps = {}): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: props.cwd, env: { ...process.env, ...props.environment } });
    let stdout = "";
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      stdout += part;
      output += part;
    });
    child.stderr.setEncoding("utf8").on("data", (part: string) => {
      output += part;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, stdout, output }));
    // A program that reads nothing may have ended before all is written.
    child.stdin.on("error", () => undefined);
    child.stdin.end(props.input ?? "");
  });
}
