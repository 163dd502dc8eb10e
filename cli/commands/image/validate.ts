import type { Command } from "commander";
import { findPacker } from "../../artifact/ami/packer";
import { preflight } from "../../artifact/ami/preflight";
import { line, paint, say, sayJson } from "../../console/output";
import { examples, type RequestFlags, regionClients, requestOf, withRequest } from "./options";

interface Flags extends RequestFlags {
  readonly offline?: boolean;
}

/** Adds `groundplan image validate`. */
export function addValidate(image: Command): void {
  withRequest(image.command("validate"))
    .summary("what would make a build fail, before it begins")
    .description(
      "Checks the request and then asks AWS: whether the Regions are enabled and have a network to build in, the name is not taken, every Region has the key of the encryption, no other run builds the version, nothing encrypts a release, and a release can be public (block public access, quota). It changes nothing. With --offline it checks the request and Packer alone: for pull requests, which have no credentials.",
    )
    .option("--offline", "ask AWS nothing")
    .option("--json", "print the request as JSON")
    .addHelpText(
      "after",
      examples("validate --offline", "validate --tag v1.2.0 --regions us-east-1,us-west-2"),
    )
    .action(async (flags: Flags) => {
      const request = await requestOf(flags);
      const packer = await findPacker();
      if (!flags.offline) await preflight(request, regionClients(), { subnet: flags.subnet });
      const { image: of, name, channel, version, regions, run, encrypted } = request;
      if (flags.json)
        return sayJson({
          format: "groundplan.ami.validate",
          version: 1,
          image: of,
          name,
          channel,
          release: version,
          regions,
          run,
          encrypted,
          packer: packer.version,
        });
      say(line`${paint.good("Valid")}: ${name} in ${regions.join(", ")}, with Packer ${packer.version}`);
    });
}
