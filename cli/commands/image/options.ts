import { randomUUID } from "node:crypto";
import { type Command, InvalidArgumentError } from "commander";
import type { Ami } from "../../artifact/ami/ami";
import { clientsOf, type RegionClients } from "../../artifact/ami/clients";
import { IMAGE } from "../../artifact/ami/names";
import { requireParameterPath, type WrittenParameter, writeParameters } from "../../artifact/ami/parameters";
import { exitCodeOf, failures, inRegions, type RegionOutcome, succeeded } from "../../artifact/ami/regions";
import {
  type ImageRequest,
  type ImageSource,
  imageRequest,
  requireRegions,
  type Way,
} from "../../artifact/ami/request";
import { commitOf } from "../../artifact/commit";
import { EXIT, EXIT_HELP } from "../../console/exit-codes";
import { line, paint, say, sayAside, sayProblem } from "../../console/output";

/** Examples below the help of a command. */
export function examples(...lines: readonly string[]): string {
  const shown = lines.map((one) => `  $ npx groundplan image ${one}`).join("\n");
  return `\nExample${lines.length > 1 ? "s" : ""}:\n${shown}\n${EXIT_HELP}`;
}

/** Options of every command that looks at images. */
export interface ImageFlags {
  readonly image: string;
  readonly regions?: readonly string[];
  readonly json?: boolean;
}

/** Adds what names the image and its Regions. */
export function withImage(command: Command): Command {
  return command
    .option("--image <name>", "name of the image", IMAGE)
    .option(
      "--regions <names>",
      "Regions, with commas between them; the first is where it is built (default: AWS_REGION)",
      (text: string) => text.split(",").map((one) => one.trim()),
    );
}

/** The Regions of a command. @throws CliError when there is none, or one that is none. */
export function regionsOf(
  { regions }: Pick<ImageFlags, "regions">,
  env: NodeJS.ProcessEnv = process.env,
): readonly string[] {
  const here = env.AWS_REGION || env.AWS_DEFAULT_REGION;
  return requireRegions(regions ?? (here ? [here] : []));
}

/** What names the role that is assumed. */
export interface RoleFlags {
  readonly role?: string;
}

/** Adds it to a command that follows a long build, when the credentials of the job have expired. */
export function withRole(command: Command): Command {
  return command.option(
    "--role <arn>",
    "role to assume anew, in a workflow: after a long build its credentials have expired",
  );
}

/** What names the parameters that are written. */
export interface ParameterFlags {
  readonly parameters?: string;
}

/** Adds it. @param what - which parameters the command writes. */
export function withParameters(command: Command, what: string): Command {
  return command.option(
    "--parameters <path>",
    `what begins the names of the SSM parameters of images, as the stack images publishes it: ${what}`,
    requireParameterPath,
  );
}

/** What became of an AMI's parameters, in each Region that has the AMI; nothing where no path is named. */
export async function parametersOf(
  placed: readonly { readonly region: string; readonly value: { readonly ami: Ami } }[],
  { parameters }: ParameterFlags,
  clientsOf: (region: string) => RegionClients,
): Promise<readonly RegionOutcome<readonly WrittenParameter[]>[]> {
  if (parameters === undefined) return [];
  const amis = new Map(placed.map(({ region, value }) => [region, value.ami]));
  return inRegions([...amis.keys()], (region) =>
    writeParameters(clientsOf(region), parameters, amis.get(region) as Ami),
  );
}

/** Parameters for a document. */
export function parametersDocument(outcomes: readonly RegionOutcome<readonly WrittenParameter[]>[]) {
  return succeeded(outcomes).flatMap(({ region, value }) => value.map((one) => ({ region, ...one })));
}

/** Says what the parameters hold. */
export function sayParameters(outcomes: readonly RegionOutcome<readonly WrittenParameter[]>[]): void {
  for (const { region, name, ami, how } of parametersDocument(outcomes))
    say(
      line`${paint.good(region)}: ${name} holds ${ami}${{ written: "", there: ", as before", newer: ", which is newer, and stays" }[how]}`,
    );
}

/** Options by which a request is made. */
export interface RequestFlags extends ImageFlags {
  readonly tag?: string;
  readonly way: Way;
  readonly encrypted?: boolean;
  readonly kmsKey?: string;
  readonly run?: string;
  readonly subnet?: string;
}

/** Adds what a build is asked for. */
export function withRequest(command: Command): Command {
  return withImage(command)
    .option("--tag <version>", "the tag of a release, e.g. v1.2.0 (default: a private image of the commit)")
    .option(
      "--way <how>",
      "copy: build in the first Region and copy; each: build in every Region",
      way,
      "copy",
    )
    .option("--encrypted", "encrypt it (default: a private image is, a release is not)")
    .option("--no-encrypted", "leave a private image unencrypted")
    .option("--kms-key <alias>", "key of the encryption, e.g. alias/images (default: the account's for EBS)")
    .option("--subnet <id>", "subnet to build in (default: one of the default VPC)")
    .option("--run <id>", "id by which the build is found again (default: GitHub's, or a new one)");
}

/** Reads how an image comes into its Regions. */
export function way(text: string): Way {
  if (text === "copy" || text === "each") return text;
  throw new InvalidArgumentError("use copy or each");
}

/** Reads a whole number, 0 or more. */
export function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("use a whole number, 0 or more");
}

/** The request that options and GitHub's variables make. @throws CliError with all that is wrong. */
export async function requestOf(
  flags: RequestFlags,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ImageRequest> {
  const { image, tag, way: how, encrypted, kmsKey, run } = flags;
  const here = env.AWS_REGION || env.AWS_DEFAULT_REGION;
  return imageRequest({
    image,
    tag,
    regions: flags.regions ?? (here ? [here] : []),
    way: how,
    encrypted,
    kmsKey,
    run: run ?? runOf(env),
    source: await sourceHere(env),
    time: new Date(),
  });
}

/** Id of this run: GitHub's, the same in all jobs and attempts, or one of its own. */
export function runOf({ GITHUB_RUN_ID }: NodeJS.ProcessEnv): string {
  return GITHUB_RUN_ID || randomUUID();
}

/** Says by which id a run is found again, before it makes anything: it may be killed. */
export function sayRun(run: string): void {
  sayAside(line`Run ${run}; what it leaves when it is interrupted: npx groundplan image prune --run ${run}`);
}

/** The commit, as GitHub names it or the checkout has it. */
export async function sourceHere(env: NodeJS.ProcessEnv): Promise<ImageSource> {
  const { GITHUB_REPOSITORY, GITHUB_REF, GITHUB_SHA } = env;
  const [sha = ""] = GITHUB_SHA ? [GITHUB_SHA] : (await commitOf(process.cwd())).split("+");
  const ref =
    GITHUB_REF ||
    (await (await import("execa")).execa("git", ["symbolic-ref", "-q", "HEAD"], { reject: false })).stdout;
  return { repository: GITHUB_REPOSITORY || "local", ref: ref || "HEAD", sha };
}

/**
 * A client for each Region, made once; and once more when a role's token comes: a client that has begun with credentials of the
 * environment keeps them, though they expire.
 */
export function regionClients(env: NodeJS.ProcessEnv = process.env): (region: string) => RegionClients {
  const known = new Map<string, RegionClients>();
  return (region) => {
    const key = `${region} ${env.AWS_WEB_IDENTITY_TOKEN_FILE ?? ""}`;
    const clients = known.get(key) ?? clientsOf(region);
    known.set(key, clients);
    return clients;
  };
}

/** Says what failed in which Region, and sets the exit code: the others have done their part. */
export function tellFailures(outcomes: readonly RegionOutcome<unknown>[]): void {
  for (const { region, error } of failures(outcomes)) sayProblem(line`${region}: `, error.message);
  const code = exitCodeOf(outcomes);
  if (code !== EXIT.OK) process.exitCode = code;
}

/** Failures for a document. */
export function failedRegions(
  outcomes: readonly RegionOutcome<unknown>[],
): { readonly region: string; readonly message: string }[] {
  return failures(outcomes).map(({ region, error }) => ({ region, message: error.message }));
}
