import {
  deleteSnapshot,
  listSnapshots,
  loadSnapshot,
  type Snapshot,
  saveSnapshot,
  status,
} from "@groundplan/local";
import type { Command } from "commander";
import { line, paint, say, sayJson } from "../console/output";
import { asCli, place } from "../local/place";
import { interrupted } from "../process/interrupts";

/** Adds what saves and loads the emulator's state by name. */
export function addSnapshots(local: Command): void {
  local
    .command("save")
    .summary("save what it holds, by a name")
    .description(
      "Saves what the emulator holds, in place of what had the name before; it may run or not. A save that is interrupted changes nothing.",
    )
    .argument("<name>", "name of the snapshot, e.g. base")
    .addHelpText("after", "\nExample:\n  $ npx groundplan local save base")
    .action(async (name: string) => {
      const { bytes } = await asCli(saveSnapshot(name, { ...place(), signal: interrupted }));
      say(
        line`${paint.good("Saved")} what the emulator holds as ${paint.strong(name)} (${megabytes(bytes)}).`,
      );
    });
  local
    .command("load")
    .summary("replace what it holds by what was saved")
    .description(
      "Replaces what the emulator holds by a snapshot: at once where it runs, else at its next start. A load that is interrupted is finished at the next start.",
    )
    .argument("<name>", "name of the snapshot")
    .addHelpText("after", "\nExample:\n  $ npx groundplan local load base")
    .action(async (name: string) => {
      await asCli(loadSnapshot(name, { ...place(), signal: interrupted }));
      say(line`${paint.good("Loaded")} ${paint.strong(name)}.`);
      if (!(await status(place())))
        say(line`No emulator is running. It starts with it: npx groundplan local up`);
    });
  local
    .command("list")
    .summary("list what was saved")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  $ npx groundplan local list")
    .action(async (flags: { json?: boolean }) => {
      const snapshots = await asCli(listed());
      if (flags.json) sayJson({ format: "groundplan.local.snapshots", version: 1, snapshots });
      else if (snapshots.length === 0) say(line`Nothing was saved. Save it: npx groundplan local save base`);
      else
        for (const { name, savedAt, account, region, bytes } of snapshots)
          say(line`${paint.strong(name)}  ${savedAt}  account ${account}, ${region}  ${megabytes(bytes)}`);
    });
  local
    .command("delete")
    .summary("delete what was saved by a name; what the emulator holds stays")
    .argument("<name>", "name of the snapshot")
    .addHelpText("after", "\nExample:\n  $ npx groundplan local delete base")
    .action(async (name: string) => {
      await asCli(deleteSnapshot(name, { ...place(), signal: interrupted }));
      say(line`${paint.good("Deleted")} ${paint.strong(name)}.`);
    });
}

async function listed(): Promise<readonly Snapshot[]> {
  return listSnapshots(place());
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}
