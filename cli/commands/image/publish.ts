import { join } from "node:path";
import type { Command } from "commander";
import type { Ami } from "../../artifact/ami/ami";
import type { RegionClients } from "../../artifact/ami/clients";
import { amisIn } from "../../artifact/ami/facts";
import { manifestOf } from "../../artifact/ami/manifest";
import { amiName, requireVersion } from "../../artifact/ami/names";
import { packageLists } from "../../artifact/ami/packages";
import { makePublic } from "../../artifact/ami/publish";
import { inRegions, succeeded } from "../../artifact/ami/regions";
import { gatherRelease, type Released } from "../../artifact/ami/release";
import { withRenewal } from "../../artifact/ami/renewal";
import { TAG } from "../../artifact/ami/tags";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { line, paint, say, sayJson } from "../../console/output";
import { gitHub } from "../../github/client";
import { folderOf, OWN_FOLDER } from "../../process/own-folder";
import {
  examples,
  failedRegions,
  type ImageFlags,
  type ParameterFlags,
  parametersDocument,
  parametersOf,
  type RoleFlags,
  regionClients,
  regionsOf,
  sayParameters,
  tellFailures,
  withImage,
  withParameters,
  withRole,
} from "./options";

interface Flags extends ImageFlags, ParameterFlags, RoleFlags {
  readonly allowPartial?: boolean;
  readonly snapshots?: boolean;
  readonly release: boolean;
  readonly repository?: string;
}

/** Adds `groundplan image publish`. */
export function addPublish(image: Command): void {
  withParameters(
    withRole(withImage(image.command("publish"))),
    "<path>/<image>/<version>, and then <path>/<image>/latest",
  )
    .argument("<version>", "the tag of the release, e.g. v1.2.0")
    .summary("make a release public in its Regions, and write it on GitHub")
    .description(
      "Lets everybody start the AMIs of a release, gathers a manifest of each Region, and the list of packages where this folder has built one, in a draft on GitHub, and publishes the draft once: a release may be immutable after that. While a Region has no public AMI the draft stays, unless --allow-partial publishes it and says which Regions are missing. Where block public access or the quota of public AMIs is in the way, it says which command lifts that.\n\n" +
        "With --parameters SSM parameters of the type aws:ec2:image lead to it, as soon as the release is complete, or partial with --allow-partial: one of its version, and `latest` unless that holds a newer version already. A version that is not final, such as 1.2.0-rc.1, is never latest.",
    )
    .option("--allow-partial", "publish the release though Regions are missing")
    .option("--snapshots", "let everybody copy the AMI too (default: its snapshots stay private)")
    .option("--no-release", "write no release on GitHub")
    .option("--repository <owner/name>", "repository of the release (default: GITHUB_REPOSITORY)")
    .option("--json", "print what was published as JSON")
    .addHelpText(
      "after",
      examples(
        "publish v1.2.0 --regions us-east-1,us-west-2",
        "publish v1.2.0 --regions us-east-1,us-west-2 --allow-partial",
        "publish v1.2.0 --regions us-east-1 --parameters /acme/prod/images",
      ),
    )
    .action((version: string, flags: Flags) =>
      withRenewal(flags.role, process.env, () => publish(version, flags)),
    );
}

async function publish(tag: string, flags: Flags): Promise<void> {
  const version = requireVersion(tag);
  const regions = regionsOf(flags);
  const { image, snapshots = false, allowPartial = false, json = false } = flags;
  const clientsOf = regionClients();
  const github = flags.release
    ? gitHub(flags.repository ?? process.env.GITHUB_REPOSITORY, process.env)
    : undefined;
  const outcomes = await inRegions(regions, async (region) => {
    const ami = await releaseIn(clientsOf(region), image, version);
    const isNew = await makePublic(clientsOf(region), ami, { snapshots });
    return { ami: { ...ami, isPublic: true }, isNew };
  });
  const published = succeeded(outcomes);
  const missing = regions.filter((one) => !published.some(({ region }) => region === one));
  let release: Released | undefined;
  if (github && published.length > 0)
    release = await gatherRelease(github, {
      tag: tag.startsWith("v") ? tag : `v${version}`,
      image,
      version,
      missing,
      allowPartial,
      manifests: published.map(({ value }) => manifestOf(value.ami)),
      packages: packageLists(
        join(process.cwd(), OWN_FOLDER, "image", folderOf(amiName(image, { version }))),
        published.map(({ region }) => region),
      ),
    });
  // Nobody is led to a release of which Regions are missing.
  const isComplete = missing.length === 0 || allowPartial;
  const parameters = isComplete ? await parametersOf(published, flags, clientsOf) : [];
  if (json)
    sayJson({
      format: "groundplan.ami.publish",
      version: 1,
      image,
      release: version,
      amis: published.map(({ region, value }) => ({ region, ami: value.ami.id, isNew: value.isNew })),
      missing,
      ...(release === undefined ? {} : { github: { url: release.url, state: release.state } }),
      parameters: parametersDocument(parameters),
      failed: failedRegions([...outcomes, ...parameters]),
    });
  else {
    for (const { region, value } of published)
      say(line`${paint.good(region)}: ${value.ami.id} is public${value.isNew ? "" : ", as before"}`);
    if (release) say(line`Release ${version}: ${release.state}, ${release.url}`);
    sayParameters(parameters);
    if (missing.length > 0)
      say(
        line`${paint.warning("Missing")}: ${missing.join(", ")}; finish them with \`image resume\`, then this command again${release?.state === "draft" ? ", or --allow-partial" : ""}`,
      );
  }
  tellFailures([...(allowPartial && published.length > 0 ? [] : outcomes), ...parameters]);
}

/** The AMI of a release in a Region. @throws CliError when it has none that can be started. */
async function releaseIn(clients: RegionClients, image: string, version: string): Promise<Ami> {
  const name = amiName(image, { version });
  const [ami] = await amisIn(clients, { name, image });
  if (ami?.state === "available") return ami;
  throw new CliError(
    EXIT.FAILED,
    ami ? `${ami.id} in ${clients.region} is ${ami.state}` : `${clients.region} has no AMI ${name}`,
    ami
      ? `finish it: npx groundplan image resume --run ${ami.tags[TAG.run]}`
      : "finish the build: npx groundplan image resume --run <its run, as image list says it>",
  );
}
