import type { Command } from "commander";
import { EXIT } from "../../console/exit-codes";
import { line, paint, say, sayJson } from "../../console/output";
import { checkRunners } from "../../runner/checks";
import { fleetHere } from "../../runner/fleet";
import { examples, withEnvironment } from "./options";

/** Adds `groundplan runner doctor`. */
export function addDoctor(runner: Command): void {
  withEnvironment(runner.command("doctor"))
    .summary("check the app's rights, webhook, secret, runner groups, images and quotas")
    .description(
      "Checks all that a job needs to get a runner, and says what is missing and what to do: the app's key, event and rights, its webhook and what became of the last deliveries, the runner groups, and, of AWS, images and quotas.",
    )
    .option("--json", "print the findings as JSON")
    .addHelpText("after", examples("doctor", "doctor dev --json"))
    .action(doctor);
}

async function doctor(environment: string | undefined, { json }: { readonly json?: boolean }): Promise<void> {
  const fleet = await fleetHere(environment);
  const findings = await checkRunners(fleet);
  const isGood = findings.every(({ level }) => level !== "fail");
  if (!isGood) process.exitCode = EXIT.FAILED;
  if (json)
    return sayJson({
      format: "groundplan.runner.doctor",
      version: 1,
      environment: fleet.operator.environment,
      ok: isGood,
      findings,
    });
  for (const { check, level, found, instead } of findings) {
    const mark = level === "ok" ? paint.good("✓") : level === "warn" ? paint.warning("!") : paint.bad("✗");
    say(line`${mark} ${check}: ${found}`);
    if (instead !== undefined) say(line`    ${instead}`);
  }
  return undefined;
}
