import type { Command } from "commander";
import { channelOf, newestFirst, versionTag } from "../../artifact/ami/ami";
import { amisIn } from "../../artifact/ami/facts";
import { inRegions, succeeded } from "../../artifact/ami/regions";
import { TAG } from "../../artifact/ami/tags";
import { table } from "../../artifact/overview";
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

/** Adds `groundplan image list`. */
export function addImageList(image: Command): void {
  withImage(image.command("list"))
    .summary("list the AMIs of an image in its Regions")
    .description("Lists the AMIs of an image, the newest first, disabled ones too.")
    .option("--json", "print them as JSON")
    .addHelpText("after", examples("list --regions us-east-1,us-west-2", "list --json"))
    .action(list);
}

async function list(flags: ImageFlags): Promise<void> {
  const clientsOf = regionClients();
  const outcomes = await inRegions(regionsOf(flags), (region) =>
    amisIn(clientsOf(region), { image: flags.image }),
  );
  const amis = succeeded(outcomes)
    .flatMap(({ value }) => value)
    .sort(newestFirst)
    .map((ami) => ({
      ami: ami.id,
      region: ami.region,
      name: ami.name,
      channel: channelOf(ami),
      release: versionTag(ami),
      state: ami.state,
      created: ami.created,
      public: ami.isPublic,
      encrypted: ami.isEncrypted,
      run: ami.tags[TAG.run] ?? "",
    }));
  if (flags.json)
    sayJson({
      format: "groundplan.ami.list",
      version: 1,
      image: flags.image,
      amis,
      failed: failedRegions(outcomes),
    });
  else if (amis.length > 0)
    table(
      ["AMI", "Region", "name", "made", "state", "for", "run"],
      amis.map((one) => [
        one.ami,
        one.region,
        one.name,
        one.created.slice(0, 10),
        one.state === "available" ? one.state : paint.bad(one.state),
        one.public ? paint.warning("everybody") : one.encrypted ? "this account, encrypted" : "this account",
        one.run,
      ]),
    );
  else if (succeeded(outcomes).length > 0)
    say(
      line`No AMI of ${flags.image} in ${succeeded(outcomes)
        .map(({ region }) => region)
        .join(", ")}`,
    );
  tellFailures(outcomes);
}
