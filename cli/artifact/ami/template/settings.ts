import { parseCIDR } from "ipaddr.js";
import { CliError } from "../../../console/errors";
import { EXIT } from "../../../console/exit-codes";

/** Version of Ubuntu that an image begins with. */
export type Ubuntu = "22.04" | "24.04";

/** Processor of an image, in EC2's words. */
export type Architecture = "arm64" | "x86_64";

/**
 * Which Packer reads the template: `current` is 1.10 or newer with the plugin amazon 1.8; `1.6` is Debian's 1.6.6, which has
 * the builder within, and knows neither plugins nor what the builder has learned since.
 */
export type PackerGeneration = "current" | "1.6";

/** How Packer reaches the machine that it builds on. */
export type Connection = "ssh" | "session-manager";

/** What a template is made from; what differs from build to build are its variables. */
export interface ImageSettings {
  /** Name of the image, e.g. `vxlan-graviton`. */
  readonly image: string;

  /** Absolute path of the image's folder, with `provision.sh`, `clean.sh` and `files/`. */
  readonly folder: string;
  readonly ubuntu: Ubuntu;
  readonly architecture: Architecture;

  /** EC2 instance type of the builder: t4g.nano has half a GB of memory, which apt can use up. */
  readonly instanceType: string;

  /** Size of the root volume in GB, 8 to 1024. */
  readonly volumeGb: number;
  readonly packer: PackerGeneration;
  readonly connect: Connection;

  /**
   * Ranges from which the builder's machine is reached by SSH.
   *
   * @default - the public address of the machine that Packer runs on; Packer 1.6 cannot know it
   */
  readonly sourceCidrs?: readonly string[];

  /** Instance profile of the builder, by name: Session Manager needs one. */
  readonly instanceProfile?: string;

  /** Which address of the machine is connected to. @default "public_ip" */
  readonly sshInterface?: "public_ip" | "private_ip";

  /** Endpoint of EC2 other than the Region's own: that of a VPC, or of the local AWS. */
  readonly endpoint?: string;

  /** AWS account that publishes the base image. @default - Canonical's */
  readonly owner?: string;

  /** Seconds between two looks at whether AWS is done, 1 to 60. @default 15 */
  readonly pollSeconds?: number;
}

/** Canonical's account, in AWS's standard partition. @see https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/ */
export const CANONICAL = "099720109477";

/** What holds unless something else is said. */
export const imageDefaults = {
  image: "vxlan-graviton",
  ubuntu: "24.04",
  architecture: "arm64",
  instanceType: "t4g.small",
  volumeGb: 8,
  packer: "current",
  connect: "ssh",
} as const satisfies Partial<ImageSettings>;

/** What is wrong with the settings of a template, a line each with what to write. */
export function imageFaults(settings: ImageSettings): readonly string[] {
  const { architecture, instanceType, volumeGb, connect, packer, sourceCidrs, instanceProfile } = settings;
  const faults: string[] = [];
  if (!/^[a-z][a-z0-9-]{1,60}[a-z0-9]$/.test(settings.image)) {
    faults.push(
      `image ${JSON.stringify(settings.image)}: use 3 to 62 lower-case letters, digits and hyphens, a letter first`,
    );
  }
  if (!/^[a-z0-9-]+\.[a-z0-9-]+$/.test(instanceType)) {
    faults.push(
      `instance type ${JSON.stringify(instanceType)}: use one of EC2, e.g. ${imageDefaults.instanceType}`,
    );
  } else if (architectureOf(instanceType) !== architecture) {
    faults.push(
      `instance type ${instanceType} is not ${architecture}: use e.g. ${architecture === "arm64" ? "t4g.small" : "t3.small"}`,
    );
  }
  if (!Number.isInteger(volumeGb) || volumeGb < 8 || volumeGb > 1024)
    faults.push(`volume of ${volumeGb} GB: use a whole number of 8 to 1024`);
  const { pollSeconds: poll = 15 } = settings;
  if (!Number.isInteger(poll) || poll < 1 || poll > 60)
    faults.push(`a look each ${poll} seconds: use a whole number of 1 to 60`);
  if (settings.owner !== undefined && !/^\d{12}$/.test(settings.owner))
    faults.push(`owner ${JSON.stringify(settings.owner)}: use the 12 digits of an AWS account`);
  if (settings.endpoint !== undefined && !isEndpoint(settings.endpoint))
    faults.push(
      `endpoint ${JSON.stringify(settings.endpoint)}: use https://…, or http://127.0.0.1:<port> of the local AWS`,
    );
  for (const cidr of sourceCidrs ?? []) {
    const judged = cidrFault(cidr);
    if (judged !== undefined) faults.push(judged);
  }
  if (connect === "session-manager" && instanceProfile === undefined)
    faults.push("Session Manager needs an instance profile: name one, or connect by ssh");
  if (connect === "session-manager" && packer === "1.6")
    faults.push("Packer 1.6 does not know Session Manager as it is today: install Packer 1.10 or newer");
  if (connect === "ssh" && packer === "1.6" && (sourceCidrs ?? []).length === 0)
    faults.push(
      "Packer 1.6 opens SSH to the whole internet unless told from where: name the builder's range, e.g. 203.0.113.7/32",
    );
  return faults;
}

/** @throws CliError with all that is wrong. */
export function requireImageSettings(settings: ImageSettings): void {
  const [first, ...more] = imageFaults(settings);
  if (first !== undefined) throw new CliError(EXIT.USAGE, first, ...more);
}

/** Processor of an instance type: a `g` after the generation is Graviton. @see https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html */
function architectureOf(instanceType: string): Architecture {
  return /^(?:a1|[a-z]+\d+g[a-z]*)(?:-[a-z0-9-]+)?\./.test(instanceType) ? "arm64" : "x86_64";
}

function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== "" || password !== "") return false;
  return (
    protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname))
  );
}

function cidrFault(cidr: string): string | undefined {
  const use = "use the builder's own, e.g. 203.0.113.7/32";
  try {
    const [, length] = parseCIDR(cidr);
    return length === 0 ? `range ${cidr} is the whole internet: ${use}` : undefined;
  } catch {
    return `range ${JSON.stringify(cidr)} is no range of addresses: ${use}`;
  }
}
