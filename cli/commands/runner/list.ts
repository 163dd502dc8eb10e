import type { Command } from "commander";
import { table } from "../../artifact/overview";
import { line, paint, say, sayJson } from "../../console/output";
import { ask, fleetHere } from "../../runner/fleet";
import { asInstances } from "../../runner/formats";
import { examples, withEnvironment } from "./options";

/** Adds `groundplan runner list`. */
export function addList(runner: Command): void {
  withEnvironment(runner.command("list"))
    .summary("list the instances and their runners")
    .description(
      "Lists the instances of a fleet: the pool, whether the runner starts, is idle, is busy or never came, and why an instance ends soon.",
    )
    .option("--json", "print them as JSON")
    .addHelpText("after", examples("list", "list dev --json"))
    .action(list);
}

async function list(environment: string | undefined, { json }: { readonly json?: boolean }): Promise<void> {
  const fleet = await fleetHere(environment);
  const { instances, runners } = asInstances(await ask(fleet, { operation: "list" }));
  if (json)
    return sayJson({
      format: "groundplan.runner.list",
      version: 1,
      environment: fleet.operator.environment,
      instances,
      runners,
    });
  if (instances.length === 0) say(line`No instance runs: none is needed`);
  else
    table(
      ["instance", "pool", "state", "runner", "since", "ends"],
      instances.map(({ id, pool, state, runner, launchedAt, keep, marked }) => [
        id,
        pool,
        state === "silent" ? paint.bad(state) : state === "busy" ? paint.good(state) : state,
        runner?.name ?? "-",
        launchedAt,
        keep ? "never: tag keep" : marked ? `soon: ${marked.reason}` : "-",
      ]),
    );
  for (const { name, online } of runners)
    say(line`${paint.faint("Without an instance")}: runner ${name}, ${online ? "online" : "offline"}`);
  return undefined;
}
