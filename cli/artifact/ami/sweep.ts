import {
  CreateTagsCommand,
  DeleteKeyPairCommand,
  DeleteSecurityGroupCommand,
  DeleteVolumeCommand,
  DeregisterImageCommand,
  DescribeKeyPairsCommand,
  DescribeSecurityGroupsCommand,
  DescribeVolumesCommand,
  type Instance,
  paginateDescribeInstances,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { nameOf } from "../../aws/errors";
import { endIfInterrupted } from "../../process/interrupts";
import { isUnfinished } from "./ami";
import { untaggedAccess } from "./builder-access";
import type { RegionClients } from "./clients";
import { amisIn, recycledIn, snapshotsIn } from "./facts";
import { deleteSnapshot, unlessGone } from "./prune";
import { mayBeOf } from "./prune-plan";
import { TAG } from "./tags";

/** A resource that a run left in a Region. */
export interface Leftover {
  readonly kind: "instance" | "AMI" | "snapshot" | "volume" | "security group" | "key pair";
  readonly id: string;

  /** Of an AMI its snapshots, which stay where it goes to the Recycle Bin. */
  readonly snapshots?: readonly string[];
}

/** What a run left in a Region. */
export interface Leftovers {
  readonly run: string;
  readonly remove: readonly Leftover[];

  /** Ids of those that have no tag: Packer 1.6.6 tags neither key pair nor security group. */
  readonly untagged: readonly string[];

  /**
   * What stays: AMIs that somebody protects from being deregistered, snapshots of one in the Recycle Bin, and security groups of
   * a Packer that no machine is in.
   */
  readonly kept: readonly (Leftover & { readonly reason: string })[];

  /** AMIs of the run that are finished, disabled ones too: they are no leftovers. */
  readonly finished: readonly string[];
}

/**
 * What an interrupted run left in a Region, by its tag, or of its builder where Packer gives none: the builder with volumes,
 * security group and key, AMIs that never became available, and snapshots without an AMI. Deregistration protection and the
 * Recycle Bin keep what they hold.
 */
export async function leftoversOf(clients: RegionClients, run: string): Promise<Leftovers> {
  const { ec2 } = clients;
  const Filters = [{ Name: `tag:${TAG.run}`, Values: [run] }];
  const machines: Instance[] = [];
  for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2 }, { Filters }))
    machines.push(...Reservations.flatMap((one) => one.Instances ?? []));
  const instances = machines.filter(
    ({ State }) => !["terminated", "shutting-down"].includes(State?.Name ?? ""),
  );
  const amis = await amisIn(clients, { run });
  const finished = amis.filter((ami) => !isUnfinished(ami));
  const goes = amis.filter((ami) => isUnfinished(ami) && !ami.isProtected);
  const held = new Set(
    (await amisIn(clients))
      .filter((ami) => !goes.some(({ id }) => id === ami.id))
      .flatMap((ami) => ami.snapshots),
  );
  const recycled = await recycledIn(clients);
  const snapshots = (await snapshotsIn(clients, TAG.run, run)).filter(({ id }) => !held.has(id));
  const inBin = snapshots.filter((one) => mayBeOf(one, recycled));
  const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({ Filters }));
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  const { KeyPairs = [] } = await ec2.send(new DescribeKeyPairsCommand({ Filters }));
  const untagged = await untaggedAccess(clients, run, machines);
  const of = (kind: Leftover["kind"], ids: readonly (string | undefined)[]) =>
    ids.flatMap((id) => (id ? [{ kind, id }] : []));
  return {
    run,
    untagged: [...untagged.groups, ...untagged.keys],
    remove: [
      ...of(
        "instance",
        instances.map(({ InstanceId }) => InstanceId),
      ),
      ...goes.map(({ id, snapshots: own }) => ({
        kind: "AMI" as const,
        id,
        snapshots: [...own, ...snapshots.filter((one) => mayBeOf(one, new Set([id]))).map((one) => one.id)],
      })),
      ...of(
        "snapshot",
        snapshots.filter((one) => !inBin.includes(one)).map(({ id }) => id),
      ),
      ...of(
        "volume",
        Volumes.map(({ VolumeId }) => VolumeId),
      ),
      ...of("security group", [...SecurityGroups.map(({ GroupId }) => GroupId), ...untagged.groups]),
      ...of("key pair", [...KeyPairs.map(({ KeyPairId }) => KeyPairId), ...untagged.keys]),
    ],
    kept: [
      ...amis
        .filter((ami) => isUnfinished(ami) && ami.isProtected)
        .map(({ id }) => ({ kind: "AMI" as const, id, reason: "deregistration protection" })),
      ...inBin.map(({ id }) => ({
        kind: "snapshot" as const,
        id,
        reason: "its AMI may be in the Recycle Bin",
      })),
      ...untagged.strayGroups.map((id) => ({
        kind: "security group" as const,
        id,
        reason: `of some Packer, and no machine is in it; if no build is beginning: aws ec2 delete-security-group --region ${clients.region} --group-id ${id}`,
      })),
    ],
    finished: finished.map(({ id }) => id),
  };
}

/** What a sweep of a Region came to. */
export interface Swept {
  readonly removed: readonly Leftover[];

  /** What AWS did not let go yet, e.g. the group of a builder that is shutting down: the same command again does it. */
  readonly remaining: readonly Leftover[];

  /** AMIs that went to the Recycle Bin; their snapshots stay with them. */
  readonly recycled: readonly string[];
}

/** Codes of what is still in use, by a builder that ends or an AMI. */
const IN_USE = /^(DependencyViolation|VolumeInUse|InvalidSnapshot\.InUse)$/;

/** Removes what a run left, in an order in which one releases the next. */
export async function sweepRegion(
  clients: RegionClients,
  { run, remove, untagged }: Leftovers,
): Promise<Swept> {
  // A builder that has ended tells of its group no more: the next run finds by the tag what is still in use in this one.
  if (untagged.length > 0)
    await clients.ec2.send(
      new CreateTagsCommand({ Resources: [...untagged], Tags: [{ Key: TAG.run, Value: run }] }),
    );
  const removed: Leftover[] = [];
  const remaining: Leftover[] = [];
  const recycled: string[] = [];
  const staying = new Set<string>();
  for (const one of remove) {
    if (staying.has(one.id)) continue;
    endIfInterrupted("the same command again goes on");
    try {
      await removeLeftover(clients, one);
      removed.push(one);
      if (one.kind !== "AMI" || !(await recycledIn(clients)).has(one.id)) continue;
      recycled.push(one.id);
      for (const id of one.snapshots ?? []) staying.add(id);
    } catch (error) {
      if (!IN_USE.test(nameOf(error))) throw error;
      remaining.push(one);
    }
  }
  return { removed, remaining, recycled };
}

async function removeLeftover(clients: RegionClients, { kind, id }: Leftover): Promise<void> {
  const { ec2 } = clients;
  switch (kind) {
    case "instance":
      await unlessGone(ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] })), "InvalidInstanceID");
      return;
    case "AMI":
      await unlessGone(ec2.send(new DeregisterImageCommand({ ImageId: id })), "InvalidAMIID");
      return;
    case "snapshot":
      await deleteSnapshot(clients, id);
      return;
    case "volume":
      await unlessGone(ec2.send(new DeleteVolumeCommand({ VolumeId: id })), "InvalidVolume.NotFound");
      return;
    case "security group":
      await unlessGone(ec2.send(new DeleteSecurityGroupCommand({ GroupId: id })), "InvalidGroup.NotFound");
      return;
    case "key pair":
      await unlessGone(ec2.send(new DeleteKeyPairCommand({ KeyPairId: id })), "InvalidKeyPair.NotFound");
  }
}
