import {
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImageAttributeCommand,
  paginateDescribeInstances,
} from "@aws-sdk/client-ec2";
import { nameOf, unreachable } from "../../aws/errors";
import { CliError, Interrupted } from "../../console/errors";
import { endIfInterrupted } from "../../process/interrupts";
import type { Ami } from "./ami";
import type { RegionClients } from "./clients";
import { recycledIn } from "./facts";
import type { PrunePlan } from "./prune-plan";

/** What a prune of a Region came to. */
export interface PrunedRegion {
  readonly deregistered: readonly Ami[];

  /** Ids of snapshots that were deleted. */
  readonly deleted: readonly string[];

  /** What was to be removed and stays after all, with why. */
  readonly kept: readonly string[];

  /** AMIs that went to the Recycle Bin; their snapshots stay with them. */
  readonly recycled: readonly string[];
}

/**
 * Removes what a plan says, the oldest first. Before each AMI its launch permissions are asked, and before all of them who
 * started one meanwhile.
 *
 * The snapshots follow when all AMIs are gone. Where it ends between the two, the next prune finds them by their tags.
 */
export async function pruneRegion(
  clients: RegionClients,
  { remove, snapshots, orphans }: PrunePlan,
  progress: (text: string) => void = () => undefined,
): Promise<PrunedRegion> {
  const { ec2 } = clients;
  const deregistered: Ami[] = [];
  const deleted: string[] = [];
  const kept: string[] = [];
  try {
    const started = await startedNow(clients, remove);
    const staying = new Set<string>();
    for (const ami of remove) {
      endIfInterrupted();
      const reason = started.get(ami.id) ?? (await permissionOf(clients, ami));
      if (reason !== undefined) {
        kept.push(`${ami.id} (${ami.name}): ${reason}`);
        for (const one of ami.snapshots) staying.add(one);
        continue;
      }
      progress(`deregistering ${ami.id}`);
      if (await unlessGone(ec2.send(new DeregisterImageCommand({ ImageId: ami.id })), "InvalidAMIID"))
        deregistered.push(ami);
    }
    const bin = deregistered.length === 0 ? new Set<string>() : await recycledIn(clients);
    const recycled = deregistered.filter(({ id }) => bin.has(id));
    for (const one of recycled.flatMap((ami) => ami.snapshots)) staying.add(one);
    for (const id of [...snapshots.filter((one) => !staying.has(one)), ...orphans]) {
      endIfInterrupted();
      progress(`deleting ${id}`);
      const outcome = await deleteSnapshot(clients, id);
      if (outcome === "deleted") deleted.push(id);
      else if (outcome === "used") kept.push(`${id}: an AMI has it`);
    }
    return { deregistered, deleted, kept, recycled: recycled.map(({ id }) => id) };
  } catch (error) {
    const { exitCode, message } = unreachable(error);
    const [first = "", ...lines] = message.split("\n  ");
    const told = [
      ...lines,
      `in ${clients.region} before: ${deregistered.length} of ${remove.length} AMIs, ${deleted.length} snapshots`,
      "the same command again goes on",
    ];
    throw error instanceof Interrupted ? new Interrupted(...told) : new CliError(exitCode, first, ...told);
  }
}

/** Values of one filter at most. */
const MOST_VALUES = 200;

/** Instances that were started of the AMIs after the plan was made, by the AMI. */
async function startedNow(
  { ec2 }: RegionClients,
  remove: readonly Ami[],
): Promise<ReadonlyMap<string, string>> {
  const started = new Map<string, string>();
  for (let first = 0; first < remove.length; first += MOST_VALUES) {
    const Values = remove.slice(first, first + MOST_VALUES).map(({ id }) => id);
    const input = { Filters: [{ Name: "image-id", Values }] };
    for await (const { Reservations = [] } of paginateDescribeInstances(
      { client: ec2, pageSize: 1000 },
      input,
    ))
      for (const { ImageId = "", InstanceId, State } of Reservations.flatMap((one) => one.Instances ?? []))
        if (State?.Name !== "terminated") started.set(ImageId, `instance ${InstanceId} was started`);
  }
  return started;
}

/** Who else may start an AMI; undefined where nobody may. */
async function permissionOf({ ec2 }: RegionClients, { id }: Ami): Promise<string | undefined> {
  try {
    const { LaunchPermissions = [] } = await ec2.send(
      new DescribeImageAttributeCommand({ ImageId: id, Attribute: "launchPermission" }),
    );
    const who = LaunchPermissions.map(
      ({ UserId, Group, OrganizationArn, OrganizationalUnitArn }) =>
        UserId ?? Group ?? OrganizationArn ?? OrganizationalUnitArn ?? "somebody",
    );
    return who.length === 0 ? undefined : `${who.join(", ")} may start it`;
  } catch (error) {
    if (nameOf(error).startsWith("InvalidAMIID")) return undefined;
    throw error;
  }
}

/** Deletes a snapshot that no AMI has. */
export async function deleteSnapshot(
  { ec2 }: RegionClients,
  id: string,
): Promise<"deleted" | "gone" | "used"> {
  try {
    const done = await unlessGone(
      ec2.send(new DeleteSnapshotCommand({ SnapshotId: id })),
      "InvalidSnapshot.NotFound",
    );
    return done ? "deleted" : "gone";
  } catch (error) {
    if (nameOf(error) === "InvalidSnapshot.InUse") return "used";
    throw error;
  }
}

/** Whether a removal was carried out; `false` when nothing was there any more: another run, or a request sent twice. */
export async function unlessGone(removal: Promise<unknown>, gone: string): Promise<boolean> {
  try {
    await removal;
    return true;
  } catch (error) {
    if (nameOf(error).startsWith(gone)) return false;
    throw error;
  }
}
