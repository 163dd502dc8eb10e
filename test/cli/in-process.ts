import { Command } from "commander";
import { CliError } from "../../cli/console/errors";
import type { Run } from "./groundplan";

/**
 * Runs one command of the command line in this process, for tests with many runs. What it prints and how it
 * ends are those of the real program, but for the colours and the first words of an error.
 */
export async function inProcess(
  add: (program: Command, subcommand?: string) => void | Promise<void>,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Run> {
  const output = { stdout: "", stderr: "" };
  const out = jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    output.stdout += text;
    return true;
  });
  const err = jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    output.stderr += text;
    return true;
  });
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    const program = new Command().exitOverride();
    await add(program, args[1]);
    await program.parseAsync([...args], { from: "user" });
    return { code: 0, ...output };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { code: error.exitCode, stdout: output.stdout, stderr: `${output.stderr}${error.message}\n` };
  } finally {
    process.env = before;
    out.mockRestore();
    err.mockRestore();
  }
}
