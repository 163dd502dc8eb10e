import type { Command } from "commander";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { line, paint, say, sayJson } from "../../console/output";
import { ask, fleetHere } from "../../runner/fleet";
import { asStarted } from "../../runner/formats";
import { examples } from "./options";

interface Flags {
  readonly environment?: string;
  readonly json?: boolean;
}

/** Adds `groundplan runner start`. */
export function addStart(runner: Command): void {
  runner
    .command("start")
    .argument("<pool>", "pool, as status names it")
    .summary("start an instance without a job that waits for one")
    .description(
      "Starts one instance more in a pool, within its limit, before a job is there: it takes the first that comes, and ends like every other when none does.",
    )
    .option("--environment <name>", "environment (default: the only one that has runners)")
    .option("--json", "print what was done as JSON")
    .addHelpText("after", examples("start linux-x64", "start linux-x64 --environment dev"))
    .action(start);
}

const WHY = {
  full: [
    "it has as many as it may have",
    "raise its max in the overlay, or end one: npx groundplan runner retire",
  ],
  unknown: ["there is no such pool", "see which there are: npx groundplan runner status"],
} as const;

async function start(pool: string, { environment, json }: Flags): Promise<void> {
  const fleet = await fleetHere(environment);
  const { outcome } = asStarted(await ask(fleet, { operation: "start", pool }));
  if (json) {
    if (outcome !== "ordered" && outcome !== "grown") process.exitCode = EXIT.FAILED;
    return sayJson({
      format: "groundplan.runner.start",
      version: 1,
      environment: fleet.operator.environment,
      pool,
      outcome,
    });
  }
  if (outcome === "ordered" || outcome === "grown")
    return say(line`${paint.good("Started")}: one instance of pool ${pool} is on its way`);
  const [why, instead] = WHY[outcome];
  throw new CliError(EXIT.FAILED, `no instance of pool ${pool} was started: ${why}`, instead);
}
