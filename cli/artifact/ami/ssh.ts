import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { endIfInterrupted } from "../../process/interrupts";
import { type Ended, run } from "../../process/run";
import { makeThrowAway, type ThrowAway } from "../../process/throw-away";
import type { Booted } from "./boot-checks";
import type { Patience } from "./distribute";

/** Exit code of ssh itself, when it does not get to the machine. */
const NO_CONNECTION = 255;

/** A key for machines that live for minutes, and OpenSSH's client with it. */
export class Ssh {
  private constructor(
    private readonly folder: ThrowAway,
    readonly publicKey: string,
    private readonly user: string,
  ) {}

  /** Makes a key in a folder of its own. */
  static async make(user: string): Promise<Ssh> {
    const folder = makeThrowAway();
    const args = [
      "-q",
      "-t",
      "ed25519",
      "-N",
      "",
      "-C",
      "groundplan-image-test",
      "-f",
      join(folder.path, "key"),
    ];
    const { exitCode, all } = await run("ssh-keygen", args, { cwd: folder.path });
    if (exitCode !== 0) throw new CliError(EXIT.MISSING, "ssh-keygen makes no key", all.slice(0, 500));
    return new Ssh(folder, readFileSync(join(folder.path, "key.pub"), "utf8").trim(), user);
  }

  /** Runs a script as root. What it is to do comes as its input, so nothing of it is a word of a shell here. */
  execute({ address }: Booted, script: string): Promise<Ended> {
    const options = [
      "BatchMode=yes",
      "ConnectTimeout=5",
      "ServerAliveInterval=5",
      "ServerAliveCountMax=6",
      "IdentitiesOnly=yes",
      // A machine that is a minute old is known to nobody: the first answer counts, and a changed key ends it.
      "StrictHostKeyChecking=accept-new",
      `UserKnownHostsFile=${join(this.folder.path, "known_hosts")}`,
      "LogLevel=ERROR",
    ].flatMap((one) => ["-o", one]);
    const words = ["-F", "none", "-i", join(this.folder.path, "key"), ...options, `${this.user}@${address}`];
    return run("ssh", [...words, "sudo", "bash", "-s"], {
      cwd: this.folder.path,
      input: `set -eu\n${script}\n`,
    });
  }

  /**
   * Waits until a machine lets it in.
   *
   * @param requireRunning - is asked after each attempt that fails, and throws when there is nothing to wait for.
   * @param script - what has to succeed; by default any answer.
   */
  async whenReady(
    machine: Booted,
    { pause, looks }: Patience,
    requireRunning: (machine: Booted) => Promise<void>,
    script = "true",
  ): Promise<void> {
    let last = "";
    for (let look = 0; look < looks; look += 1) {
      endIfInterrupted();
      const { exitCode, all } = await this.execute(machine, script);
      if (exitCode === 0) return;
      last = all.trim().slice(-300);
      await requireRunning(machine);
      await sleep(pause);
    }
    throw new CliError(EXIT.FAILED, `${machine.instance} at ${machine.address} is not reached by SSH`, last);
  }

  /** Whether the machine has not been reached, in contrast to a script that failed. */
  static isUnreached({ exitCode }: Ended): boolean {
    return exitCode === NO_CONNECTION;
  }

  remove(): void {
    this.folder.remove();
  }
}
