import type { Command } from "commander";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { line, paint, say, sayJson } from "../../console/output";
import { ask, fleetHere } from "../../runner/fleet";
import { asRetired } from "../../runner/formats";
import { examples } from "./options";

interface Flags {
  readonly environment?: string;
  readonly json?: boolean;
}

/** Adds `groundplan runner retire`. */
export function addRetire(runner: Command): void {
  runner
    .command("retire")
    .argument("<instance>", "instance, as list names it")
    .summary("end an instance that has no job")
    .description(
      "Takes the runner of an instance off, looks again, and ends the instance: the way that the fleet itself goes. One that is busy stays, and so does one with the tag keep.",
    )
    .option("--environment <name>", "environment (default: the only one that has runners)")
    .option("--json", "print what became of it as JSON")
    .addHelpText(
      "after",
      examples("retire i-0123456789abcdef0", "retire i-0123456789abcdef0 --environment dev"),
    )
    .action(retire);
}

const WHY = {
  busy: ["its runner has a job", "ask again when the job is over: npx groundplan runner list"],
  kept: ["its tag keep holds it", "take the tag away first"],
  gone: ["it is none of the fleet's, or has ended", "see which there are: npx groundplan runner list"],
} as const;

async function retire(instance: string, { environment, json }: Flags): Promise<void> {
  if (!/^i-[0-9a-f]{8,17}$/.test(instance))
    throw new CliError(
      EXIT.USAGE,
      `${JSON.stringify(instance)} is not an instance`,
      "use its id, e.g. i-0123456789abcdef0",
    );
  const fleet = await fleetHere(environment);
  const { outcome } = asRetired(await ask(fleet, { operation: "retire", instance }));
  if (json) {
    if (outcome !== "ended") process.exitCode = EXIT.FAILED;
    return sayJson({
      format: "groundplan.runner.retire",
      version: 1,
      environment: fleet.operator.environment,
      instance,
      outcome,
    });
  }
  if (outcome === "ended") return say(line`${paint.good("Ended")}: ${instance}`);
  const [why, instead] = WHY[outcome];
  throw new CliError(EXIT.FAILED, `instance ${instance} was not ended: ${why}`, instead);
}
