import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Run, runProgram } from "./program";

const KEPT = join(__dirname, "..", ".groundplan");

/**
 * A folder with the command `aws`, as `node tools/setup.mjs --tests` has installed it: the scripts of a virtual
 * environment name the folder that it was made in, so this one starts the module.
 */
function folder(): string {
  const memory = join(KEPT, "aws.json");
  if (!existsSync(memory)) {
    throw new Error("the AWS CLI is not installed\n  install it: node tools/setup.mjs --tests");
  }
  const { python } = JSON.parse(readFileSync(memory, "utf8"));
  const made = join(KEPT, "aws-cli");
  const script = join(made, "aws");
  mkdirSync(made, { recursive: true });
  writeFileSync(`${script}.${process.pid}`, `#!/bin/sh\nexec '${python}' -m awscli "$@"\n`);
  chmodSync(`${script}.${process.pid}`, 0o755);
  renameSync(`${script}.${process.pid}`, script);
  return made;
}

/** The real AWS CLI, led to an emulator. */
export class AwsCli {
  /** Variables by which it, and what calls it, finds itself and the emulator. */
  readonly environment: Readonly<Record<string, string>>;
  private readonly folder = folder();

  constructor(emulator: Readonly<Record<string, string>>) {
    this.environment = {
      ...emulator,
      PATH: [this.folder, process.env.PATH ?? ""].join(delimiter),
      AWS_PAGER: "",
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    };
  }

  /** Runs a command; it may fail. */
  run(...args: readonly string[]): Promise<Run> {
    return runProgram(join(this.folder, "aws"), args, { environment: this.environment });
  }

  /** Runs a command, and throws what it says when it fails. @returns what it printed. */
  async succeed(...args: readonly string[]): Promise<string> {
    const { code, stdout, output } = await this.run(...args);
    if (code !== 0) throw new Error(`aws ${args.join(" ")} ended with ${code}\n${output}`);
    return stdout;
  }
}
