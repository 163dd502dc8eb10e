import { rmSync } from "node:fs";
import type { LocalOptions } from "../local/options";
import { builtLocal } from "./built-local";
import { LentProvider } from "./lent-provider";
import { temporaryFolder } from "./temporary-folder";

/** An emulator for one test file: empty at the start, on a port of its own. */
export interface Emulator {
  /** Variables by which Terraform and the AWS SDKs find it. */
  readonly environment: Readonly<Record<string, string>>;

  /** Folder of what it keeps, in which a cluster beside it tells of itself. */
  readonly stateDirectory: string;

  /** The AWS provider for the Terraforms of this suite; it runs from the first of them on. */
  readonly provider: LentProvider;

  stop(): Promise<void>;
}

/**
 * Starts the local emulator as a user does: the built package, in a process of its own.
 *
 * @param more - what instances are, what they find outside, and whether state is kept. @default - entries, and nothing is kept
 */
export async function startEmulator(
  more: Pick<LocalOptions, "instances" | "persist" | "standIns"> = {},
): Promise<Emulator> {
  const stateDirectory = temporaryFolder("emulator");
  const options = JSON.stringify({ port: 0, stateDirectory, persist: false, ...more });
  const up = await builtLocal(`local.up(${options}).then(local.environment)`);
  const environment = up as Emulator["environment"];
  const provider = new LentProvider(environment);
  return {
    environment,
    stateDirectory,
    provider,
    async stop() {
      await provider.stop();
      await builtLocal(`local.down(${JSON.stringify({ stateDirectory })})`);
      rmSync(stateDirectory, { recursive: true, force: true });
    },
  };
}
