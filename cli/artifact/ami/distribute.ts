import { setTimeout as sleep } from "node:timers/promises";
import { CopyImageCommand, DeregisterImageCommand } from "@aws-sdk/client-ec2";
import { nameOf } from "../../aws/errors";
import { CliError, Interrupted } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { interrupted } from "../../process/interrupts";
import { type Ami, isUnfinished } from "./ami";
import type { RegionClients } from "./clients";
import { amisIn, recycledIn } from "./facts";
import { deleteSnapshot, unlessGone } from "./prune";
import type { ImageRequest } from "./request";
import { imageTags, TAG, tagsOf } from "./tags";

/** How long an AMI is waited for. */
export interface Patience {
  /** Between two looks, in milliseconds. */
  readonly pause: number;

  /** Looks at most. */
  readonly looks: number;
}

/** Every 15 seconds for two hours: a copy to another continent takes longer than the ten minutes that others wait. */
export const PATIENCE: Patience = { pause: 15_000, looks: 480 };

/** Waits between two looks. @throws Interrupted with what goes on from there. */
export async function pauseOf({ pause }: Pick<Patience, "pause">, next: string): Promise<void> {
  await sleep(pause, undefined, { signal: interrupted }).catch(() => {
    throw new Interrupted(next);
  });
}

/** How an AMI has come into a Region: it was copied now, or was there. */
export type Arrival = "copied" | "there";

/**
 * Sees to it that a Region has the AMI of a request: one that was begun before goes on, one that has failed is made anew.
 *
 * @param source - the AMI that was built, in another Region.
 */
export async function ensureCopied(
  clients: RegionClients,
  request: ImageRequest,
  source: Ami,
  patience = PATIENCE,
  progress: (text: string) => void = () => undefined,
): Promise<{ readonly ami: Ami; readonly how: Arrival }> {
  const found = await ownAmi(clients, request);
  if (found && !isBroken(found))
    return { ami: await whenAvailable(clients, found, patience, progress), how: "there" };
  if (found && !isUnfinished(found)) throw disabled(clients.region, found);
  if (found) await removeBroken(clients, found);
  progress(`copying ${source.id} from ${source.region}`);
  await copy(clients, request, source);
  const copied = await ownAmi(clients, request);
  if (!copied) throw taken(clients.region, request);
  return { ami: await whenAvailable(clients, copied, patience, progress), how: "copied" };
}

/** The AMI of a request in a Region; undefined while there is none. @throws CliError when another run's has its name. */
export async function ownAmi(clients: RegionClients, request: ImageRequest): Promise<Ami | undefined> {
  const [found] = await amisIn(clients, { name: request.name });
  if (found && found.tags[TAG.run] !== request.run) throw taken(clients.region, request, found);
  return found;
}

function taken(region: string, { name }: ImageRequest, { id, tags }: Partial<Ami> = {}): CliError {
  const by = tags?.[TAG.run];
  return new CliError(
    EXIT.HELD,
    `${region} has an AMI ${name} of ${by === undefined ? "nobody here" : `run ${by}`} already${id ? `: ${id}` : ""}`,
    by === undefined
      ? "build another version"
      : `go on with that run: npx groundplan image resume --run ${by}`,
  );
}

/** The tags go with the request, so that a copy that is interrupted is found by them, and so are its snapshots. */
async function copy({ ec2, region }: RegionClients, request: ImageRequest, source: Ami): Promise<void> {
  try {
    await ec2.send(
      new CopyImageCommand({
        Name: request.name,
        SourceImageId: source.id,
        SourceRegion: source.region,
        // A request that is sent twice makes one copy.
        ClientToken: `${request.run}-${region}-${source.id}`.slice(-64),
        TagSpecifications: imageTags(tagsOf(request)),
        ...(request.encrypted ? { Encrypted: true } : {}),
        ...(request.encrypted && request.kmsKey?.startsWith("alias/") ? { KmsKeyId: request.kmsKey } : {}),
      }),
    );
  } catch (error) {
    // The first answer was lost, or another run was quicker: who has it is asked next.
    if (nameOf(error) !== "InvalidAMIName.Duplicate") throw error;
  }
}

function isBroken({ state }: Ami): boolean {
  return !["available", "pending", "transient"].includes(state);
}

/** One that somebody has disabled is not made anew: it and its snapshots are theirs to enable, or to remove. */
function disabled(region: string, { id }: Ami): CliError {
  return new CliError(
    EXIT.HELD,
    `${id} in ${region} is disabled`,
    `enable it: aws ec2 enable-image --region ${region} --image-id ${id}; or deregister it, and run this again`,
  );
}

/** @throws CliError when somebody protects it: then it is theirs to remove. */
async function removeBroken(clients: RegionClients, ami: Ami): Promise<void> {
  const { id, state, isProtected, snapshots } = ami;
  if (isProtected)
    throw new CliError(
      EXIT.HELD,
      `${id} in ${clients.region} is ${state}, and protected from being deregistered`,
      `lift it, and run this again: aws ec2 disable-image-deregistration-protection --region ${clients.region} --image-id ${id}`,
    );
  await unlessGone(clients.ec2.send(new DeregisterImageCommand({ ImageId: id })), "InvalidAMIID");
  if ((await recycledIn(clients)).has(id)) return;
  for (const one of snapshots) await deleteSnapshot(clients, one);
}

/** Waits until an AMI can be started. @throws CliError when it failed, or is not there after all that patience. */
export async function whenAvailable(
  clients: RegionClients,
  ami: Ami,
  { pause, looks }: Patience,
  progress: (text: string) => void = () => undefined,
): Promise<Ami> {
  let now = ami;
  for (let look = 0; now.state !== "available"; look += 1) {
    if (!isUnfinished(now)) throw disabled(clients.region, now);
    if (isBroken(now))
      throw new CliError(
        EXIT.FAILED,
        `${now.id} in ${clients.region} is ${now.state}`,
        `make it anew: npx groundplan image resume --run ${now.tags[TAG.run]}`,
      );
    if (look >= looks)
      throw new CliError(
        EXIT.FAILED,
        `${now.id} in ${clients.region} is still ${now.state}`,
        `wait for it: npx groundplan image resume --run ${now.tags[TAG.run]}`,
      );
    progress(`${now.id} is ${now.state}`);
    await pauseOf({ pause }, `go on: npx groundplan image resume --run ${now.tags[TAG.run]}`);
    const [seen] = await amisIn(clients, { name: now.name });
    now = seen?.id === now.id ? seen : { ...now, state: "gone" };
  }
  return now;
}
