import type { Command } from "commander";
import { table } from "../../artifact/overview";
import { paint, sayJson } from "../../console/output";
import { ask, fleetHere } from "../../runner/fleet";
import { asPools } from "../../runner/formats";
import { examples, withEnvironment } from "./options";

/** Adds `groundplan runner status`. */
export function addStatus(runner: Command): void {
  withEnvironment(runner.command("status"))
    .summary("show each pool: its instances, and the jobs that wait")
    .description(
      "Counts the instances of each pool by how they stand, and the jobs in GitHub's own queue that wait for one.",
    )
    .option("--json", "print it as JSON")
    .addHelpText("after", examples("status", "status dev --json"))
    .action(status);
}

async function status(environment: string | undefined, { json }: { readonly json?: boolean }): Promise<void> {
  const fleet = await fleetHere(environment);
  const { pools } = asPools(await ask(fleet, { operation: "status" }));
  if (json)
    return sayJson({
      format: "groundplan.runner.status",
      version: 1,
      environment: fleet.operator.environment,
      pools,
    });
  table(
    ["pool", "labels", "waiting", "starting", "idle", "busy", "silent", "max"],
    pools.map(({ name, labels, waiting, starting, idle, busy, silent, max }) => [
      name,
      labels.join(", "),
      waiting > 0 ? paint.warning(String(waiting)) : "0",
      String(starting),
      String(idle),
      String(busy),
      silent > 0 ? paint.bad(String(silent)) : "0",
      String(max),
    ]),
  );
  return undefined;
}
