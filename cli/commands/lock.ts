import { join } from "node:path";
import type { Command } from "commander";
import { CliError } from "../console/errors";
import { EXIT, EXIT_HELP } from "../console/exit-codes";
import { line, paint, say, sayJson } from "../console/output";
import { findProject, readStacks } from "../project/project";
import { findTerraform } from "../terraform/binary";
import { readChoices } from "../terraform/lock/choices";
import { LOCK_FILE, lockFaults, PLATFORMS, renewLock } from "../terraform/lock/lock";
import { requirementsOf } from "../terraform/lock/requirements";

interface LockFlags {
  readonly check?: boolean;
  readonly upgrade?: boolean;
  readonly platform?: readonly string[];
  readonly provider?: readonly string[];
  readonly json?: boolean;
}

/** Adds `groundplan lock`. */
export function addLock(program: Command): void {
  program
    .command("lock")
    .summary("lock exact provider versions for every platform")
    .description(
      `Renews ${LOCK_FILE} at the project's root: the exact version of every provider that a stack requires, with the checksums of each platform. ` +
        "Synth copies it into the stacks, so that no init asks the registry for checksums.",
    )
    .option(
      "--check",
      "change nothing; exit with 1 when the lock and the stacks, or the lock and a mirror, disagree",
    )
    .option("--upgrade", "take the newest versions that the stacks allow")
    .option("--provider <name=versions...>", "take the newest of these versions of a provider, e.g. aws=6.x")
    .option("-p, --platform <name...>", "platforms", PLATFORMS)
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      `\nExamples:\n  $ npx groundplan lock\n  $ npx groundplan lock --check\n  $ npx groundplan lock --upgrade --platform linux_amd64 linux_arm64\n  $ npx groundplan lock --provider aws=6.x\n${EXIT_HELP}`,
    )
    .action(async (flags: LockFlags) => {
      const project = findProject();
      const requirements = requirementsOf(readStacks(project));
      const terraform = (await findTerraform()).command;
      const props = {
        file: join(project.root, LOCK_FILE),
        requirements,
        platforms: flags.platform ?? PLATFORMS,
        terraform,
      };
      if (flags.check && flags.provider !== undefined)
        throw new CliError(EXIT.USAGE, "--check changes nothing, and --provider does", "use one of the two");
      if (flags.check) {
        const faults = await lockFaults(props);
        if (flags.json)
          sayJson({ format: "groundplan.lock.check", version: 1, ok: faults.length === 0, faults });
        if (faults.length > 0) throw new CliError(EXIT.FAILED, ...faults, "renew it: npx groundplan lock");
        if (!flags.json)
          say(
            line`${paint.good("The provider lock agrees")} with ${requirements.map(({ address }) => address).join(", ")}.`,
          );
        return;
      }
      const choices = readChoices(flags.provider ?? [], requirements);
      const result = await renewLock({ ...props, choices, upgrade: flags.upgrade ?? false });
      if (flags.json) {
        sayJson({ format: "groundplan.lock", version: 1, ...result });
        return;
      }
      for (const { address, version, hashes } of result.providers)
        say(line`${address} ${paint.strong(version)}, ${hashes.length} checksums`);
      say(
        result.changed
          ? line`${paint.good("Renewed")} ${LOCK_FILE}; commit it.`
          : line`${paint.good("Unchanged")}: ${LOCK_FILE}.`,
      );
      if (result.source === "mirror") {
        say(
          paint.warning(
            "The registry could not be reached: this platform's sum is from the mirror, the others are those that were known.",
          ),
        );
      }
    });
}
