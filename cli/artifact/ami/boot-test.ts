import { type BootCheck, type Booted, bootChecks, rebootChecks, type Trio } from "./boot-checks";
import type { Patience } from "./distribute";
import type { Ssh } from "./ssh";

/** What a check found. */
export interface Checked {
  readonly title: string;
  readonly instance: string;
  readonly ok: boolean;

  /** The end of what it printed, when it failed. */
  readonly found: string;
}

/** How a machine is spoken to. */
export type Shell = Pick<Ssh, "execute" | "whenReady">;

/** With what machines are checked. */
export interface BootTestProps {
  readonly shell: Shell;

  /** Throws when AWS says that a machine has ended. */
  readonly requireRunning: (machine: Booted) => Promise<void>;
  readonly patience: Patience;
  readonly progress?: (text: string) => void;
}

/** Characters of the output of a failed check. */
const MOST = 500;

/**
 * Checks three machines: each by itself, their network, and one again after a reboot. The first check that fails on a machine
 * does not end the others: what is wrong is said at once.
 */
export async function bootTest(
  machines: Trio,
  { shell, requireRunning, patience, progress = () => undefined }: BootTestProps,
): Promise<readonly Checked[]> {
  await Promise.all(machines.map((one) => shell.whenReady(one, patience, requireRunning)));
  const checked: Checked[] = [];
  const check = async ({ title, on, script }: BootCheck) => {
    const machine = machines[on];
    progress(title);
    const { exitCode, all } = await shell.execute(machine, script);
    const found = exitCode === 0 ? "" : all.trim().slice(-MOST) || `it ended with ${exitCode}`;
    checked.push({ title, instance: machine.instance, ok: exitCode === 0, found });
  };
  for (const one of bootChecks(machines)) await check(one);
  const [first] = machines;
  progress("reboot");
  const before = (await shell.execute(first, BOOT_ID)).stdout.trim();
  await shell.execute(first, "systemctl reboot");
  // Until another boot answers: the old one may for some seconds.
  const isAnother = `${BOOT_ID} | grep -vqxF '${before.replaceAll(/[^0-9a-f-]/g, "")}'`;
  await shell.whenReady(first, patience, requireRunning, isAnother);
  for (const one of rebootChecks()) await check(one);
  return checked;
}

/** What Linux makes anew at each boot. */
const BOOT_ID = "cat /proc/sys/kernel/random/boot_id";
