import type { Command } from "commander";
import { amisIn } from "../../artifact/ami/facts";
import { manifestOf } from "../../artifact/ami/manifest";
import { amiName, requireVersion } from "../../artifact/ami/names";
import { inRegions, succeeded } from "../../artifact/ami/regions";
import { releaseNotes } from "../../artifact/ami/release-notes";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { sayJson, sayText } from "../../console/output";
import {
  examples,
  failedRegions,
  type ImageFlags,
  regionClients,
  regionsOf,
  tellFailures,
  withImage,
} from "./options";

/** Adds `groundplan image release-notes`. */
export function addReleaseNotes(image: Command): void {
  withImage(image.command("release-notes"))
    .argument("<version>", "the tag of the release, e.g. v1.2.0")
    .summary("the text of a release: the AMI of each Region, and which are missing")
    .description(
      "Prints in Markdown what publish writes on GitHub, out of what AWS has now, and says of an AMI that is not public yet. It changes nothing.",
    )
    .option("--json", "print the manifests and the text as JSON")
    .addHelpText("after", examples("release-notes v1.2.0 --regions us-east-1,us-west-2"))
    .action(async (tag: string, flags: ImageFlags) => {
      const version = requireVersion(tag);
      const regions = regionsOf(flags);
      const clientsOf = regionClients();
      const name = amiName(flags.image, { version });
      const outcomes = await inRegions(regions, (region) =>
        amisIn(clientsOf(region), { name, image: flags.image }),
      );
      const manifests = succeeded(outcomes).flatMap(({ value }) =>
        value.filter(({ state }) => state === "available").map(manifestOf),
      );
      if (manifests.length === 0 && succeeded(outcomes).length === regions.length)
        throw new CliError(
          EXIT.FAILED,
          `no AMI ${name} in ${regions.join(", ")}`,
          "see which: npx groundplan image list",
        );
      const missing = regions.filter((one) => !manifests.some(({ region }) => region === one));
      const text = releaseNotes({ image: flags.image, version, manifests, missing });
      if (flags.json)
        sayJson({
          format: "groundplan.ami.notes",
          version: 1,
          release: version,
          text,
          manifests,
          missing,
          failed: failedRegions(outcomes),
        });
      else if (manifests.length > 0) sayText(text.trimEnd());
      tellFailures(outcomes);
    });
}
