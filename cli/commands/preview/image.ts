import type { Command } from "commander";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { line, say } from "../../console/output";
import { nameFor } from "../../preview/claim";
import { PreviewPlatform } from "../../preview/platform";
import { reservedNames } from "../../preview/reserved";
import { examples, storeHere, type WantedFlags, wantedOf, withBranch } from "./options";

interface Flags extends WantedFlags {
  readonly commit: string;
}

/** Adds `groundplan preview image`. */
export function addImage(preview: Command): void {
  withBranch(
    preview
      .command("image")
      .argument("[name]", "preview")
      .summary("print where the image of a preview is pushed to")
      .description(
        "Prints the reference of a preview's image: the previews' repository, and the preview's name with the commit as tag. Destroying the preview deletes all of them.",
      ),
  )
    .requiredOption("--commit <sha>", "commit from which it is built")
    .addHelpText("after", examples("image --branch feature/payment-api --commit 0123456789ab"))
    .action(run);
}

async function run(name: string | undefined, flags: Flags): Promise<void> {
  if (!/^[0-9a-f]{7,64}$/.test(flags.commit)) {
    throw new CliError(
      EXIT.USAGE,
      `invalid commit ${JSON.stringify(flags.commit.slice(0, 100))}`,
      "use 7 to 64 hexadecimal digits",
    );
  }
  const platform = PreviewPlatform.find();
  const { ecrRepository } = await platform.shared();
  const whose = await nameFor(storeHere(platform), wantedOf(name, flags), reservedNames(platform));
  say(line`${ecrRepository.url ?? ""}:${whose}-${flags.commit.slice(0, 12)}`);
}
