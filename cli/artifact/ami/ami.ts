import type { Image } from "@aws-sdk/client-ec2";
import type { Channel } from "./names";
import { TAG, tagRecord } from "./tags";

/** An AMI of this account, as EC2 describes it. */
export interface Ami {
  readonly id: string;
  readonly region: string;
  readonly name: string;

  /** As EC2 says it: `available`, `pending`, `failed`, `disabled` … */
  readonly state: string;

  /** When it was made, ISO 8601; empty when EC2 does not say. */
  readonly created: string;
  readonly isPublic: boolean;
  readonly isEncrypted: boolean;

  /** Whether it is protected from being deregistered, or still cools down from that. */
  readonly isProtected: boolean;
  readonly architecture: string;

  /** Ids of its snapshots. */
  readonly snapshots: readonly string[];

  /** Size of its volumes, in GiB. */
  readonly size: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** An AMI from EC2's answer. */
export function amiOf(image: Image, region: string): Ami {
  const disks = (image.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => (Ebs?.SnapshotId ? [Ebs] : []));
  const protection = image.DeregistrationProtection ?? "disabled";
  return {
    id: image.ImageId ?? "",
    region,
    name: image.Name ?? "",
    state: image.State ?? "",
    created: image.CreationDate ?? "",
    isPublic: image.Public ?? false,
    isEncrypted: disks.some(({ Encrypted }) => Encrypted),
    isProtected: protection !== "disabled",
    architecture: image.Architecture ?? "",
    snapshots: disks.map(({ SnapshotId = "" }) => SnapshotId),
    size: disks.reduce((sum, { VolumeSize = 0 }) => sum + VolumeSize, 0),
    tags: tagRecord(image.Tags),
  };
}

/** Whether an AMI never came to be, or not yet. One that somebody has disabled was whole, and can be enabled again. */
export function isUnfinished({ state }: Ami): boolean {
  return state !== "available" && state !== "disabled";
}

/** The image that an AMI is of; undefined for one that nothing here has built. */
export function imageOf({ tags }: Ami): string | undefined {
  return tags[TAG.image];
}

/** Its channel; of one whose tag says nothing that is known, `release`: such a one stays. */
export function channelOf({ tags }: Ami): Channel {
  return tags[TAG.channel] === "dev" ? "dev" : "release";
}

/** Its version, as the build said it. */
export function versionTag({ tags }: Ami): string {
  return tags.Version ?? "";
}

/** The newest first; of the same time by their ids, so that the order is always one. */
export function newestFirst(a: Ami, b: Ami): number {
  return compare(b.created, a.created) || compare(b.id, a.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
