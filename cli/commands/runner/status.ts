import { setTimeout as sleep } from "node:timers/promises";
import { type Command, InvalidArgumentError } from "commander";
import { table } from "../../artifact/overview";
import { line, paint, sayAside, sayJson } from "../../console/output";
import { pluralize } from "../../console/words";
import { endIfInterrupted, interrupted } from "../../process/interrupts";
import { ask, fleetHere } from "../../runner/fleet";
import { asPools } from "../../runner/formats";
import { untilIdle } from "../../runner/idle";
import { examples, withEnvironment } from "./options";

interface Flags {
  readonly untilIdle?: number;
  readonly json?: boolean;
}

/** Time between two looks, in milliseconds: GitHub counts every one. */
const LOOK = 15_000;

/** Adds `groundplan runner status`. */
export function addStatus(runner: Command): void {
  withEnvironment(runner.command("status"))
    .summary("show each pool: its instances, and the jobs that wait")
    .description(
      "Counts the instances of each pool by how they stand, and the jobs in GitHub's own queue that wait for one.",
    )
    .option(
      "--until-idle <minutes>",
      "wait so long at most until no job runs or waits; 0 looks once",
      minutes,
    )
    .option("--json", "print it as JSON")
    .addHelpText("after", examples("status", "status dev --json", "status dev --until-idle 60"))
    .action(status);
}

async function status(environment: string | undefined, { untilIdle: most, json }: Flags): Promise<void> {
  const fleet = await fleetHere(environment);
  const look = async () => asPools(await ask(fleet, { operation: "status" })).pools;
  const until = Date.now() + (most ?? 0) * 60_000;
  const pools =
    most === undefined ? await look() : await untilIdle(look, pause, () => Date.now() + LOOK > until);
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

async function pause(jobs: number): Promise<void> {
  sayAside(line`${pluralize(jobs, "job is", "jobs are")} not finished`);
  await sleep(LOOK, undefined, { signal: interrupted }).catch(() => undefined);
  endIfInterrupted();
}

function minutes(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= 720) return number;
  throw new InvalidArgumentError("use a whole number of 0 to 720");
}
