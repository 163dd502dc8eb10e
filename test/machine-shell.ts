import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runProgram } from "./program";

/** What the gateway says of itself. */
interface Status {
  readonly instances: { readonly ssh: Readonly<Record<string, string>> };
}

const OPTIONS = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "ConnectTimeout=5"];

/** Runs commands in instances that boot, by a key of its own. */
export class MachineShell {
  /** In the form of OpenSSH. */
  readonly publicKey: string;

  private readonly file: string;

  /** @param folder - for the key @param endpoint - of the local AWS */
  constructor(
    folder: string,
    private readonly endpoint: () => string,
  ) {
    this.file = join(folder, "key");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", this.file]);
    this.publicKey = readFileSync(`${this.file}.pub`, "utf8").trim();
  }

  /** Runs a command in an instance, as soon as that lets one in. @returns what it prints */
  async run(id: string, command: string): Promise<string> {
    for (;;) {
      const answer = await fetch(`${this.endpoint()}/_groundplan/status`);
      const [host = "", port = ""] = ((await answer.json()) as Status).instances.ssh[id]?.split(":") ?? [];
      const options = [...OPTIONS, "LogLevel=ERROR", "BatchMode=yes"].flatMap((one) => ["-o", one]);
      const args = ["-i", this.file, "-p", port, ...options, `ubuntu@${host}`, command];
      const { code, output } = await runProgram("ssh", args);
      // 255 is ssh's own.
      if (code !== 255) return output.trim();
      await sleep(500);
    }
  }
}
