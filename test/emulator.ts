import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtLocal } from "./built-local";

/** An emulator for one test file: empty at the start, on a port of its own. */
export interface Emulator {
  /** Variables by which Terraform and the AWS SDKs find it. */
  readonly environment: Readonly<Record<string, string>>;

  /** Folder of what it keeps, in which a cluster beside it tells of itself. */
  readonly stateDirectory: string;

  stop(): Promise<void>;
}

/** Starts the local emulator as a user does: the built package, in a process of its own. */
export async function startEmulator(): Promise<Emulator> {
  const stateDirectory = mkdtempSync(join(tmpdir(), "groundplan-emulator-"));
  const options = JSON.stringify({ port: 0, stateDirectory, persist: false });
  const environment = await builtLocal(`local.up(${options}).then(local.environment)`);
  return {
    environment: environment as Emulator["environment"],
    stateDirectory,
    async stop() {
      await builtLocal(`local.down(${JSON.stringify({ stateDirectory })})`);
      rmSync(stateDirectory, { recursive: true, force: true });
    },
  };
}
