import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { join } from "node:path";

const root = join(__dirname, "..", "..");

/** The command line's program, as npm links it. */
export const BIN = join(root, "cli", "bin", "groundplan.js");

/** How a run ended. */
export interface Run {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and with what it runs. */
export interface RunOptions {
  readonly cwd: string;

  /** Variables beside the few that every program needs; one that is undefined is left out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Builds the command line, as `npm start` does. */
export function build(): void {
  execFileSync(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-b", "cli"], {
    cwd: root,
  });
}

/** Runs the real program to its end. */
export function groundplan(args: readonly string[], options: RunOptions): Promise<Run> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [BIN, ...args],
      { ...options, env: variables(options.env), maxBuffer: 1e8 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : null;
        resolve({ code, stdout, stderr });
      },
    );
  });
}

/** Starts the real program in a process group of its own, as a shell does. */
export function startGroundplan(
  args: readonly string[],
  options: RunOptions,
  stdio: "ignore" | "pipe" = "ignore",
): ChildProcess {
  return spawn(process.execPath, [BIN, ...args], {
    ...options,
    env: variables(options.env),
    stdio,
  });
}

/** The user's own credentials and endpoints stay out of the tests. */
function variables(env: RunOptions["env"] = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(AWS|TF|TERRAFORM)_|^CI$|^FORCE_COLOR$/.test(name),
  );
  return Object.fromEntries(
    [...kept, ["AWS_EC2_METADATA_DISABLED", "true"], ...Object.entries(env)].filter(
      ([, value]) => value !== undefined,
    ),
  );
}
