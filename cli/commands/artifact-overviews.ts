import type { Command } from "commander";
import { LAMBDA } from "../artifact/lambda/kind";
import { currentTable, listTable } from "../artifact/overview";
import { serviceNamed } from "../artifact/service";
import { Session } from "../artifact/session";
import { findProject } from "../project/project";
import { examples } from "./artifact-examples";
import { type ImageFlags, refuseOptions, withGit } from "./artifact-image-options";

interface Flags extends ImageFlags {
  readonly json?: boolean;
}

/** Adds `groundplan artifact list`. */
export function addList(artifact: Command): void {
  withGit(
    artifact
      .command("list")
      .argument("[service]", "the service, if there are several")
      .summary("what is published, the newest first, and what keeps it")
      .description(
        "Lists what is published of a service, the newest first, with what keeps it: the environments that are pinned to it or may go back to it, or that it is new.",
      )
      .option("--json", "print the result as JSON")
      .addHelpText("after", examples("list", "list api --json", "list app"))
      .action(async (name: string | undefined, flags: Flags) => {
        const service = serviceNamed(findProject(), name);
        if (service.kind === "image")
          return (await import("./artifact-image.js")).listImagesCommand(service, flags);
        refuseOptions("lambda", flags);
        await listTable(await Session.begin(LAMBDA, service.name, false), flags.json ?? false);
      }),
  );
}

/** Adds `groundplan artifact current`. */
export function addCurrent(artifact: Command): void {
  withGit(
    artifact
      .command("current")
      .argument("[service]", "the service, if there are several")
      .summary("what each environment is pinned to, and what it runs")
      .description("Shows what each environment is pinned to, and whether that is what its callers get.")
      .option("--json", "print the result as JSON")
      .addHelpText("after", examples("current", "current api --json"))
      .action(async (name: string | undefined, flags: Flags) => {
        const service = serviceNamed(findProject(), name);
        if (service.kind === "image")
          return (await import("./artifact-image.js")).currentImagesCommand(service, flags);
        refuseOptions("lambda", flags);
        await currentTable(await Session.begin(LAMBDA, service.name, false), flags.json ?? false);
      }),
  );
}
