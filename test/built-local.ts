import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/**
 * Calls the built package `@groundplan/local` in a process of its own, as a user does: so the test runner's own
 * way of loading modules has no part in it.
 *
 * @param expression - a promise in JavaScript, in which `local` is the package.
 * @returns what it comes to, by way of JSON.
 * @throws with the package's own message when it fails.
 */
export async function builtLocal(expression: string): Promise<unknown> {
  const script = `const local = require("@groundplan/local"); ${expression}.then((value) => console.log(JSON.stringify(value ?? null)), (error) => { console.error(error.message); process.exitCode = 1; });`;
  const { stdout } = await execute(process.execPath, ["-e", script], { cwd: join(__dirname, "..") });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "null");
}
