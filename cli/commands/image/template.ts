import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Command, Option } from "commander";
import { packerAtHand } from "../../artifact/ami/template/packer";
import {
  type Architecture,
  type Connection,
  imageDefaults,
  type PackerGeneration,
  type Ubuntu,
} from "../../artifact/ami/template/settings";
import { packerTemplate } from "../../artifact/ami/template/template";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { sayText } from "../../console/output";
import { examples, wholeNumber } from "./options";

interface TemplateFlags {
  readonly folder: string;
  readonly ubuntu: Ubuntu;
  readonly architecture: Architecture;
  readonly instanceType?: string;
  readonly volume: number;
  readonly packer: PackerGeneration | "auto";
  readonly connect: Connection;
  readonly instanceProfile?: string;
  readonly sourceCidr?: readonly string[];
  readonly sshInterface?: "public_ip" | "private_ip";
  readonly endpoint?: string;
  readonly owner?: string;
  readonly poll?: number;
}

/** Adds `groundplan image template`. */
export function addTemplate(image: Command): void {
  image
    .command("template")
    .summary("print Packer's template of an image")
    .description(
      "Prints the template of an image, in HCL2's JSON form, for the Packer on PATH. What differs from build to build are its variables: Region, name, encryption, key, tags, subnet.",
    )
    .addOption(
      new Option("--folder <folder>", "folder of the image, with provision.sh, clean.sh and files/").default(
        "images/graviton-vxlan",
      ),
    )
    .addOption(
      new Option("--ubuntu <version>", "Ubuntu to begin with")
        .choices(["22.04", "24.04"])
        .default(imageDefaults.ubuntu),
    )
    .addOption(
      new Option("--architecture <architecture>", "processor")
        .choices(["arm64", "x86_64"])
        .default(imageDefaults.architecture),
    )
    .option(
      "--instance-type <type>",
      "instance type of the builder (default: t4g.small, or t3.small of x86_64)",
    )
    .addOption(
      new Option("--volume <GB>", "size of the root volume")
        .argParser(wholeNumber)
        .default(imageDefaults.volumeGb),
    )
    .addOption(
      new Option("--packer <version>", "for which Packer")
        .choices(["auto", "current", "1.6"])
        .default("auto", "the one on PATH"),
    )
    .addOption(
      new Option("--connect <way>", "how Packer reaches the builder")
        .choices(["ssh", "session-manager"])
        .default(imageDefaults.connect),
    )
    .option("--instance-profile <name>", "instance profile of the builder, for Session Manager")
    .option(
      "--source-cidr <range...>",
      "ranges that reach the builder by SSH (default: the address of this machine, with Packer 1.10 or newer)",
    )
    .addOption(
      new Option("--ssh-interface <interface>", "address of the builder that is connected to").choices([
        "public_ip",
        "private_ip",
      ]),
    )
    .option("--endpoint <url>", "endpoint of EC2 other than the Region's own")
    .addOption(
      new Option(
        "--poll <seconds>",
        "seconds between two looks at whether AWS is done (default: 15)",
      ).argParser(wholeNumber),
    )
    .option("--owner <account>", "account that publishes the base image (default: Canonical's)")
    .addHelpText(
      "after",
      examples(
        "template > template.pkr.json",
        "template --ubuntu 22.04 --packer current",
        "template --packer 1.6 --source-cidr 203.0.113.7/32",
      ),
    )
    .action(async (flags: TemplateFlags) => {
      const { architecture, volume, ubuntu, connect } = flags;
      const template = packerTemplate({
        image: imageDefaults.image,
        folder: imageFolder(flags.folder),
        ubuntu,
        architecture,
        connect,
        volumeGb: volume,
        instanceType:
          flags.instanceType ?? (architecture === "arm64" ? imageDefaults.instanceType : "t3.small"),
        packer: flags.packer === "auto" ? await packerAtHand() : flags.packer,
        ...(flags.instanceProfile === undefined ? {} : { instanceProfile: flags.instanceProfile }),
        ...(flags.sourceCidr === undefined ? {} : { sourceCidrs: flags.sourceCidr }),
        ...(flags.sshInterface === undefined ? {} : { sshInterface: flags.sshInterface }),
        ...(flags.endpoint === undefined ? {} : { endpoint: flags.endpoint }),
        ...(flags.poll === undefined ? {} : { pollSeconds: flags.poll }),
        ...(flags.owner === undefined ? {} : { owner: flags.owner }),
      });
      sayText(JSON.stringify(template, null, 2));
    });
}

/** @throws CliError when the folder is none of an image. */
function imageFolder(folder: string): string {
  const path = resolve(folder);
  if (["provision.sh", "clean.sh", "files"].every((name) => existsSync(join(path, name)))) return path;
  throw new CliError(
    EXIT.USAGE,
    `${folder} is not the folder of an image: provision.sh, clean.sh or files/ is missing`,
    "name it: --folder images/graviton-vxlan",
  );
}
