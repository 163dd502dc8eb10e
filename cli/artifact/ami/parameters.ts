import { GetParameterCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import { gt, prerelease, valid } from "semver";
import { nameOf } from "../../aws/errors";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { type Ami, channelOf, imageOf, newestFirst, versionTag } from "./ami";
import type { RegionClients } from "./clients";
import { type Patience, pauseOf } from "./distribute";
import { amisIn } from "./facts";
import { TAG } from "./tags";

/** Of this type AWS itself looks whether the value is an AMI that there is. */
const DATA_TYPE = "aws:ec2:image";

/** Every 2 seconds for a minute: AWS looks at the AMI after it has answered. */
const ACCEPTANCE: Patience = { pause: 2_000, looks: 30 };

/** How often another run may come between before this one gives up. */
const TURNS = 5;

/** @throws CliError for a text that cannot begin the names of parameters. */
export function requireParameterPath(text: string): string {
  if (text.length <= 400 && /^(?:\/[A-Za-z0-9_.-]+){1,13}$/.test(text) && !/^\/(?:aws|ssm)/i.test(text))
    return text;
  throw new CliError(
    EXIT.USAGE,
    `${JSON.stringify(text.slice(0, 100))} cannot begin the names of SSM parameters`,
    "use the parameterPath that the stack images publishes, e.g. /acme/dev/images",
  );
}

/** What a parameter of an image stands for: the newest private image, one version, or the newest version. */
export type Pointer = "dev" | "version" | "latest";

/**
 * The parameters that an AMI belongs in, in the order in which they are written: a version is there before `latest` leads to
 * it. A version that is not final, such as 1.2.0-rc.1, is never `latest`.
 */
export function pointersOf(ami: Ami): readonly Pointer[] {
  if (channelOf(ami) === "dev") return ["dev"];
  return prerelease(versionTag(ami)) === null ? ["version", "latest"] : ["version"];
}

/** What became of a parameter. */
export interface WrittenParameter {
  readonly name: string;

  /** The AMI that it holds now. */
  readonly ami: string;

  /** `newer`: it holds a newer AMI, and stays. */
  readonly how: "written" | "there" | "newer";
}

/** Writes the parameters of an AMI below a path, in their order. */
export async function writeParameters(
  clients: RegionClients,
  path: string,
  ami: Ami,
  patience = ACCEPTANCE,
): Promise<readonly WrittenParameter[]> {
  const written: WrittenParameter[] = [];
  for (const pointer of pointersOf(ami)) {
    const name = `${path}/${imageOf(ami)}/${pointer === "version" ? versionTag(ami) : pointer}`;
    written.push(await point({ clients, name, pointer, patience }, ami));
  }
  return written;
}

interface Target {
  readonly clients: RegionClients;
  readonly name: string;
  readonly pointer: Pointer;
  readonly patience: Patience;
}

/**
 * Has a parameter hold an AMI, unless it holds a newer one.
 *
 * Systems Manager writes without a condition, so two runs may read the same and both write. Whoever wrote last looks at the
 * version before its own: where that is not the one it has compared with, it compares again, and a newer AMI comes back.
 */
async function point(target: Target, ami: Ami): Promise<WrittenParameter> {
  const { clients, name, pointer } = target;
  let wanted = ami;
  let hasWritten = false;
  const outcome = () => ({
    name,
    ami: wanted.id,
    how: wanted.id !== ami.id ? ("newer" as const) : hasWritten ? ("written" as const) : ("there" as const),
  });
  for (let turn = 0; turn < TURNS; turn += 1) {
    const now = await read(clients, name);
    if (now && now.type !== DATA_TYPE) throw otherType(clients, name, now.type);
    if (now?.value === wanted.id) return outcome();
    const held = await amiThere(clients, now?.value);
    if (held && !mayReplace(pointer, wanted, held)) {
      if (pointer === "version") throw taken(clients, name, wanted, held);
      return { name, ami: held.id, how: "newer" };
    }
    const version = await put(target, wanted, now !== undefined);
    // Another run was quicker.
    if (version === undefined) continue;
    hasWritten = true;
    await accepted(target, wanted, version);
    if (version - 1 === (now?.version ?? 0)) return outcome();
    const between = await amiThere(clients, (await read(clients, `${name}:${version - 1}`))?.value);
    if (!between || mayReplace(pointer, wanted, between)) return outcome();
    wanted = between;
  }
  throw new CliError(
    EXIT.HELD,
    `other runs write ${name} in ${clients.region} at the same time`,
    "run this again when they are done",
  );
}

/** Whether an AMI goes before that which a parameter holds. One of another image there is nobody's. */
function mayReplace(pointer: Pointer, ami: Ami, held: Ami): boolean {
  if (pointer === "version") return false;
  if (imageOf(held) !== imageOf(ami) || channelOf(held) !== channelOf(ami)) return true;
  if (pointer === "dev") return newestFirst(ami, held) < 0;
  const version = valid(versionTag(held));
  return version === null || gt(versionTag(ami), version);
}

/** The AMI that a parameter holds, while it can be started. */
async function amiThere(clients: RegionClients, id: string | undefined): Promise<Ami | undefined> {
  if (id === undefined) return undefined;
  const [found] = await amisIn(clients, { id });
  return found?.state === "available" ? found : undefined;
}

async function read({ ssm }: RegionClients, name: string) {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name }));
    const { Value: value = "", Version: version = 0, DataType: type = "text" } = Parameter ?? {};
    return { value, version, type };
  } catch (error) {
    if (/^Parameter(Version)?NotFound$/.test(nameOf(error))) return undefined;
    throw error;
  }
}

/** Writes, and gives the number of the version; undefined when another run did so at the same time. */
async function put(
  { clients: { ssm }, name, pointer }: Target,
  ami: Ami,
  exists: boolean,
): Promise<number | undefined> {
  const image = imageOf(ami) ?? "";
  const what = { dev: "Newest private image", version: "Release", latest: "Newest release" }[pointer];
  try {
    const { Version } = await ssm.send(
      new PutParameterCommand({
        Name: name,
        Value: ami.id,
        Type: "String",
        DataType: DATA_TYPE,
        Description: `${what} of ${image}: ${versionTag(ami)}`.slice(0, 1024),
        // Tags and an overwrite exclude each other.
        ...(exists ? { Overwrite: true } : { Tags: [{ Key: TAG.image, Value: image }] }),
      }),
    );
    return Version;
  } catch (error) {
    if (/^(ParameterAlreadyExists|TooManyUpdates)$/.test(nameOf(error))) return undefined;
    throw error;
  }
}

/** Waits until AWS has looked at the AMI: it answers a request before that, and forgets it where there is no such AMI. */
async function accepted({ clients, name, patience }: Target, ami: Ami, version: number): Promise<void> {
  for (let look = 0; look < patience.looks; look += 1) {
    const now = await read(clients, name);
    // A higher one is another run's, which has looked at this one.
    if (now && (now.version > version || (now.version === version && now.value === ami.id))) return;
    await pauseOf(patience, "the same command again writes the parameter");
  }
  throw new CliError(
    EXIT.FAILED,
    `${name} in ${clients.region} does not hold ${ami.id}: AWS has not accepted the AMI as its value`,
    "see whether the AMI is available and the role may call ec2:DescribeImages, and run this again",
  );
}

function otherType({ region }: RegionClients, name: string, type: string): CliError {
  return new CliError(
    EXIT.HELD,
    `${name} in ${region} has the data type ${type}, and not ${DATA_TYPE}, which cannot be changed`,
    `delete it, and run this again: aws ssm delete-parameter --region ${region} --name ${name}`,
  );
}

function taken({ region }: RegionClients, name: string, ami: Ami, held: Ami): CliError {
  return new CliError(
    EXIT.HELD,
    `${name} in ${region} holds ${held.id} (${held.name}), and the version is ${ami.id}`,
    `if that is wrong, delete it and run this again: aws ssm delete-parameter --region ${region} --name ${name}`,
  );
}
