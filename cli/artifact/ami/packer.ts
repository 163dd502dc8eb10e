import { rmSync } from "node:fs";
import { join } from "node:path";
import { coerce } from "semver";
import { CliError, Interrupted } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { stopGroup } from "../../process/interrupts";
import { notedProcess } from "../../process/note";
import { type Ended, type Live, type RunProps, run, runLogged } from "../../process/run";
import { writeWholeFile } from "../../process/whole-file";
import { generationOf } from "./template/packer";
import type { PackerGeneration } from "./template/settings";

/** File of all that Packer prints. */
const LOG = "packer.log";

/** Where Packer is had. */
const INSTALL =
  "install it: https://developer.hashicorp.com/packer/install; on Debian: apt-get install packer";

/** The Packer of this machine. */
export interface Packer {
  readonly version: string;

  /** For which the template is made. */
  readonly generation: PackerGeneration;
}

/** @throws CliError when there is none, or one that is too old. */
export async function findPacker(env: NodeJS.ProcessEnv = process.env): Promise<Packer> {
  const ended = await run("packer", ["--version"], { cwd: process.cwd(), env }).catch((error: unknown) => {
    if (error instanceof Interrupted || !(error instanceof CliError)) throw error;
    throw new CliError(EXIT.MISSING, "Packer is not installed", INSTALL);
  });
  const version = coerce(ended.stdout)?.version;
  if (ended.exitCode !== 0 || version === undefined)
    throw new CliError(
      EXIT.MISSING,
      `packer --version says ${JSON.stringify(ended.all.slice(0, 200))}: it is not HashiCorp's Packer`,
      INSTALL,
    );
  // What builds has to take the template that is made for it.
  return { version, generation: generationOf(`v${version}`) };
}

/** Variables of the template. */
export interface PackerVariables {
  readonly region: string;
  readonly ami_name: string;
  readonly ami_description: string;
  readonly encrypt_boot: boolean;
  readonly kms_key_id: string;

  /** Of the AMI, its snapshots, the builder and its volumes. */
  readonly tags: Readonly<Record<string, string>>;
  readonly subnet_id: string;

  /** Of the builder's key pair, which Packer 1.6.6 does not tag; a template of before knows no such variable. */
  readonly key_name?: string;
  readonly instance_type?: string;

  /** Files that are written: what Packer says of its artifact, and a root with the packages of the image. */
  readonly manifest: string;
  readonly inventory: string;
  readonly upgrade?: boolean;
}

/** A build by Packer. */
export interface PackerBuild {
  readonly packer: Packer;

  /** Text of the template, HCL as JSON. */
  readonly template: string;
  readonly variables: PackerVariables;

  /** Folder of this Region's build: gets the template, the variables, the log and the inventory. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly live?: Live;
}

/**
 * Builds an image in one Region.
 *
 * Nothing of it goes through a shell: the names of branches are values in a file of JSON.
 *
 * @returns the id of the AMI. @throws CliError with what Packer says is wrong.
 */
export async function packerBuild({
  packer,
  template,
  variables,
  folder,
  env,
  live,
}: PackerBuild): Promise<string> {
  assertNoBuild(folder);
  const [templateFile, variablesFile] = [
    join(folder, "template.pkr.json"),
    // Packer reads it a while after its start: another build, which is refused only then, has a file of its own.
    join(folder, `variables-${process.pid}.pkrvars.json`),
  ];
  writeWholeFile(templateFile, template, folder, 0o600);
  writeWholeFile(variablesFile, JSON.stringify(variables), folder, 0o600);
  const props = { cwd: folder, env: { ...env, PACKER_NO_COLOR: "1" }, ...(live ? { live } : {}) };
  if (packer.generation === "current") {
    const { exitCode, all } = await run("packer", ["init", templateFile], props);
    if (exitCode !== 0)
      throw new CliError(EXIT.MISSING, "packer init cannot get the plugin amazon", ...lastLines(all));
  }
  const args = ["build", "-machine-readable", "-color=false", `-var-file=${variablesFile}`, templateFile];
  const { exitCode, stdout, all } = await runBuild(args, props, variables).finally(() =>
    rmSync(variablesFile, { force: true }),
  );
  const { amis, errors } = packerOutput(stdout);
  const ami = amis.get(variables.region);
  if (exitCode === 0 && ami !== undefined) return ami;
  throw buildError(variables, errors.length > 0 ? errors : lastLines(all), folder);
}

/**
 * Packer starts itself once more, and the first of the two lets signals pass: the whole group is told. It writes into a file, so
 * that it comes to take away what it has made though this process is killed.
 */
async function runBuild(args: readonly string[], props: RunProps, { tags }: PackerVariables): Promise<Ended> {
  assertNoBuild(props.cwd);
  try {
    return await runLogged("packer", args, {
      ...props,
      log: join(props.cwd, LOG),
      note: noteOf(props.cwd),
      stop: stopGroup,
      endsWithParent: true,
    });
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    throw new Interrupted(
      `what Packer could not take away: npx groundplan image prune --run ${tags["groundplan:run"] ?? ""}`,
    );
  }
}

/** The file that names the Packer of a folder. */
const noteOf = (folder: string) => join(folder, "packer.pid");

/** @throws CliError while a Packer runs in the folder. */
function assertNoBuild(folder: string): void {
  const before = notedProcess(noteOf(folder));
  if (before === undefined) return;
  throw new CliError(
    EXIT.HELD,
    `Packer, process ${before}, builds here, or takes away what it has made for a build that was killed`,
    `wait for its end: ps -p ${before} shows it until then`,
  );
}

/** What Packer prints for machines: the AMIs by their Regions, and the errors. */
export function packerOutput(text: string): {
  readonly amis: ReadonlyMap<string, string>;
  readonly errors: readonly string[];
} {
  const amis = new Map<string, string>();
  const errors: string[] = [];
  for (const row of text.split("\n")) {
    // time, target, type, data; a comma in data is escaped.
    const [, , type, ...data] = row.trimEnd().split(",");
    const values = data.map((one) => one.replaceAll("%!(PACKER_COMMA)", ",").replaceAll("\\n", "\n"));
    if (type === "error") errors.push(values.join(",").trim());
    if (type !== "artifact" || values[1] !== "id") continue;
    for (const [, region = "", id = ""] of (values[2] ?? "").matchAll(/([a-z0-9-]+):(ami-[0-9a-f]+)/g))
      amis.set(region, id);
  }
  return { amis, errors };
}

/** What Packer's error means, with what to do. */
function buildError(
  { region, ami_name: name, tags }: PackerVariables,
  errors: readonly string[],
  folder: string,
): CliError {
  const text = errors.join("\n");
  const run = tags["groundplan:run"] ?? "";
  const again = `npx groundplan image prune --run ${run}`;
  const log = `its whole output: ${join(folder, LOG)}`;
  const said = errors.flatMap((one) => one.split("\n")).slice(0, 8);
  if (/ExpiredToken|RequestExpired|token.{0,40}expired/i.test(text))
    return new CliError(
      EXIT.MISSING,
      `the AWS credentials expired in the middle of the build in ${region}`,
      "in a workflow, name the role with --role: it is assumed anew while the build runs",
      `elsewhere sign in again; what it left: ${again}`,
      ...said,
    );
  if (/InvalidAMIName\.Duplicate|name conflicts|is already in use by AMI/.test(text))
    return new CliError(
      EXIT.HELD,
      `another build has made ${name} in ${region} meanwhile`,
      "see which: npx groundplan image list; two builds of one version never both succeed",
      ...said,
    );
  if (/VPCIdNotSpecified|No default VPC|DefaultVpcDoesNotExist|No subnets found/.test(text))
    return new CliError(
      EXIT.MISSING,
      `${region} has no default VPC to build in, or none with a default subnet`,
      "name a subnet: --subnet subnet-…",
      ...said,
    );
  return new CliError(EXIT.FAILED, `Packer failed in ${region}`, ...said, log, `what it left: ${again}`);
}

function lastLines(text: string): readonly string[] {
  return text.trim().split("\n").slice(-8);
}
