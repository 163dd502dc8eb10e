import type { Command } from "commander";
import { copyInRegions } from "../../artifact/ami/build";
import { succeeded } from "../../artifact/ami/regions";
import { withRenewal } from "../../artifact/ami/renewal";
import { runState, sourceOf } from "../../artifact/ami/resume";
import { withBoard } from "../../progress/board";
import { tellPlaced } from "./build";
import {
  examples,
  type ImageFlags,
  type ParameterFlags,
  parametersOf,
  type RoleFlags,
  regionClients,
  regionsOf,
  withImage,
  withParameters,
  withRole,
} from "./options";

interface Flags extends ImageFlags, ParameterFlags, RoleFlags {
  readonly run: string;
}

/** Adds `groundplan image resume`. */
export function addResume(image: Command): void {
  withParameters(withRole(withImage(image.command("resume"))), "<path>/<image>/dev, of a private image")
    .summary("finish what a build has not: copy the image to the Regions that lack it")
    .description(
      "Asks AWS, by the run's tag, which Regions have the AMI, and copies it to those that lack it. It needs nothing of the machine that the build was on. An AMI that failed is removed and made anew; one that is still pending is waited for. With --parameters the parameter `dev` leads to a private image then, as after build.",
    )
    .requiredOption("--run <id>", "id of the build, as it says it; in a workflow GITHUB_RUN_ID")
    .option("--json", "print the AMIs as JSON")
    .addHelpText(
      "after",
      examples("resume --run 123456789", "resume --run 123456789 --regions us-east-1 --json"),
    )
    .action((flags: Flags) => withRenewal(flags.role, process.env, () => resume(flags)));
}

async function resume(flags: Flags): Promise<void> {
  const clientsOf = regionClients();
  const state = await runState(flags.run, regionsOf(flags), clientsOf);
  const { request } = state;
  const source = sourceOf(state);
  const outcomes = await withBoard(
    request.regions,
    async (lineOf) => {
      const lines = new Map(request.regions.map((region) => [region, lineOf(region)]));
      for (const one of lines.values()) one.begin("looking");
      const done = await copyInRegions(request, request.regions, source, {
        clientsOf,
        progress: (region, text) => lines.get(region)?.begin(text),
      });
      for (const one of done)
        if ("value" in one) lines.get(one.region)?.end("good", `${one.value.how} ${one.value.ami.id}`);
        else lines.get(one.region)?.end("bad", "failed");
      return done;
    },
    flags.json,
  );
  const parameters =
    request.channel === "dev" ? await parametersOf(succeeded(outcomes), flags, clientsOf) : [];
  tellPlaced(
    { outcomes, parameters, packages: [] },
    { run: flags.run, name: request.name, json: flags.json ?? false },
  );
}
