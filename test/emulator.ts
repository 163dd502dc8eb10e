import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** An emulator for one test file: empty at the start, on a port of its own. */
export interface Emulator {
  /** Variables by which Terraform and the AWS SDKs find it. */
  readonly environment: Readonly<Record<string, string>>;

  /** Folder of what it keeps, in which a cluster beside it tells of itself. */
  readonly stateDirectory: string;

  stop(): Promise<void>;
}

/**
 * Starts the local emulator as a user does: the built package, in a process of its own. So the test
 * runner's own way of loading modules has no part in it.
 */
export async function startEmulator(): Promise<Emulator> {
  const stateDirectory = mkdtempSync(join(tmpdir(), "groundplan-emulator-"));
  const variables = await local(
    `up(${JSON.stringify({ port: 0, stateDirectory, persist: false })}).then((status) => console.log(JSON.stringify(environment(status))))`,
  );
  return {
    environment: JSON.parse(variables),
    stateDirectory,
    async stop() {
      await local(`down(${JSON.stringify({ stateDirectory })})`);
      rmSync(stateDirectory, { recursive: true, force: true });
    },
  };
}

async function local(expression: string): Promise<string> {
  const script = `const { up, down, environment } = require("@groundplan/local"); ${expression};`;
  const { stdout } = await execute(process.execPath, ["-e", script], { cwd: join(__dirname, "..") });
  return stdout.trim().split("\n").at(-1) ?? "";
}
