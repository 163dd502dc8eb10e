import type { Command } from "commander";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { line, say } from "../../console/output";
import { openFile } from "../../process/open";
import { examples, previewOf, storeHere, type WantedFlags, withBranch } from "./options";

/** Adds `groundplan preview open`. */
export function addOpen(preview: Command): void {
  withBranch(
    preview
      .command("open")
      .argument("[name]", "preview to open")
      .summary("open the address of a preview in the browser")
      .description("Opens the address of a preview in the browser. One that sleeps wakes by it."),
  )
    .option("--print", "print the address, and open nothing")
    .addHelpText("after", examples("open payment-api", "open payment-api --print"))
    .action(async (name: string | undefined, flags: WantedFlags & { readonly print?: boolean }) => {
      const { endpoint, name: of, status } = await previewOf(storeHere(), name, flags);
      if (endpoint === undefined || !/^https:\/\/[a-z0-9.-]+(?::\d+)?\/?$/.test(endpoint)) {
        throw new CliError(
          EXIT.FAILED,
          `preview ${of} is ${status}, and has no address`,
          `see why: npx groundplan preview status ${of}`,
        );
      }
      say(line`${endpoint}`);
      if (!flags.print) await openFile(endpoint);
    });
}
