import type { Command } from "commander";
import { amisIn } from "../../artifact/ami/facts";
import { isAccount, shareWith } from "../../artifact/ami/publish";
import { inRegions, succeeded } from "../../artifact/ami/regions";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { line, paint, say, sayJson } from "../../console/output";
import {
  examples,
  failedRegions,
  type ImageFlags,
  regionClients,
  regionsOf,
  tellFailures,
  withImage,
} from "./options";

interface Flags extends ImageFlags {
  readonly with: readonly string[];
  readonly snapshots?: boolean;
}

/** Adds `groundplan image share`. */
export function addShare(image: Command): void {
  withImage(image.command("share"))
    .argument("<name>", "name of the AMI, as list says it")
    .requiredOption("--with <account...>", "accounts that may start it, of 12 digits")
    .summary("let other accounts start an AMI")
    .description(
      "Lets accounts start an AMI in each Region, and notes them in a tag, so that prune keeps it without asking. Of an encrypted one it says what the key's policy has to allow.",
    )
    .option("--snapshots", "let them copy it too")
    .option("--json", "print what was shared as JSON")
    .addHelpText(
      "after",
      examples(
        "share vxlan-graviton-1.2.0 --with 210987654321",
        "share vxlan-graviton-1.2.0 --with 210987654321 --regions us-east-1,us-west-2",
      ),
    )
    .action(share);
}

async function share(name: string, flags: Flags): Promise<void> {
  const wrong = flags.with.find((one) => !isAccount(one));
  if (wrong !== undefined)
    throw new CliError(
      EXIT.USAGE,
      `${JSON.stringify(wrong.slice(0, 50))} is not an account`,
      "use its 12 digits; for everybody: npx groundplan image publish",
    );
  const clientsOf = regionClients();
  const outcomes = await inRegions(regionsOf(flags), async (region) => {
    const [ami] = await amisIn(clientsOf(region), { name, image: flags.image });
    if (!ami)
      throw new CliError(
        EXIT.FAILED,
        `${region} has no AMI ${name} of ${flags.image}`,
        "see which: npx groundplan image list",
      );
    return {
      ami: ami.id,
      needs: await shareWith(clientsOf(region), ami, flags.with, { snapshots: flags.snapshots ?? false }),
    };
  });
  if (flags.json)
    sayJson({
      format: "groundplan.ami.share",
      version: 1,
      name,
      accounts: [...flags.with],
      amis: succeeded(outcomes).map(({ region, value }) => ({
        region,
        ami: value.ami,
        needs: [...value.needs],
      })),
      failed: failedRegions(outcomes),
    });
  else
    for (const { region, value } of succeeded(outcomes)) {
      say(line`${paint.good(region)}: ${value.ami} is shared with ${flags.with.join(", ")}`);
      for (const one of value.needs) say(line`  ${one}`);
    }
  tellFailures(outcomes);
}
