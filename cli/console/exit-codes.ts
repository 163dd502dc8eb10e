/** What the exit code of every command means. */
export const EXIT = {
  /** It did what was asked. */
  OK: 0,
  /** It failed, or a check found something. */
  FAILED: 1,
  /** The call or an input file is wrong. */
  USAGE: 2,
  /** Something is missing that the user has to provide: Terraform, credentials, an endpoint. */
  MISSING: 3,
  /** Somebody else has it: a locked state, a bucket of another account. */
  HELD: 4,
  /** Ctrl-C, or SIGTERM or SIGHUP: one code for all of them, also when the run had come to its end by then. */
  INTERRUPTED: 130,
} as const;

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The table for `--help`. */
export const EXIT_HELP = `
Exit codes:
  0    done
  1    failed, or a check found something
  2    wrong usage or input
  3    something is missing: Terraform, credentials, an endpoint
  4    held by another run: a locked state, a bucket of another account
  130  interrupted`;
