import type { Command } from "commander";
import { line, say, sayJson } from "../../console/output";
import { examples, type RequestFlags, requestOf, withRequest } from "./options";

/** Adds `groundplan image names`. */
export function addNames(image: Command): void {
  withRequest(image.command("names"))
    .summary("the name of the AMI of this commit, or of a tag")
    .description(
      "Prints the name that a build would give: `<image>-dev-YYYYMMDD-<commit>` for a commit, `<image>-<version>` for a tag. It asks AWS nothing.",
    )
    .option("--json", "print it as JSON, with what it is made of")
    .addHelpText("after", examples("names", "names --tag v1.2.0 --json"))
    .action(async (flags: RequestFlags) => {
      const {
        image: of,
        name,
        channel,
        version,
        regions,
        run,
      } = await requestOf({
        ...flags,
        regions: flags.regions ?? [process.env.AWS_REGION || "us-east-1"],
      });
      if (flags.json)
        return sayJson({
          format: "groundplan.ami.names",
          version: 1,
          image: of,
          name,
          channel,
          release: version,
          regions,
          run,
        });
      say(line`${name}`);
    });
}
