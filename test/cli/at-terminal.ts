import { PassThrough } from "node:stream";
import type { Command } from "commander";
import type { Run } from "./groundplan";
import { inProcess } from "./in-process";

/** Runs one command in this process, in a folder, at a terminal at which somebody answers once. */
export async function atTerminal(
  folder: string,
  answer: string,
  add: (program: Command) => void,
  args: readonly string[],
): Promise<Run> {
  const terminal = Object.assign(new PassThrough(), { isTTY: true });
  terminal.write(`${answer}\n`);
  const real = Object.getOwnPropertyDescriptor(process, "stdin") as PropertyDescriptor;
  const here = jest.spyOn(process, "cwd").mockReturnValue(folder);
  Object.defineProperty(process, "stdin", { configurable: true, value: terminal });
  try {
    return await inProcess(add, args, {});
  } finally {
    Object.defineProperty(process, "stdin", real);
    here.mockRestore();
  }
}
