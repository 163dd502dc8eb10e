import {
  paginateDescribeImages,
  paginateDescribeSnapshots,
  paginateListImagesInRecycleBin,
} from "@aws-sdk/client-ec2";
import { type Ami, amiOf } from "./ami";
import type { RegionClients } from "./clients";
import type { BuiltSnapshot, PruneFacts } from "./prune-plan";
import { referencesIn } from "./references";
import { TAG, tagRecord } from "./tags";

/** Items of one answer: what EC2 gives at most. */
const PAGE = { pageSize: 1000 };

/** Which AMIs are looked for. */
export interface AmiQuery {
  readonly id?: string;
  readonly image?: string;
  readonly run?: string;
  readonly name?: string;
}

/** AMIs of this account in a Region, disabled ones too. */
export async function amisIn({ ec2, region }: RegionClients, query: AmiQuery = {}): Promise<readonly Ami[]> {
  const filters = [
    ...(query.id === undefined ? [] : [{ Name: "image-id", Values: [query.id] }]),
    ...(query.image === undefined ? [] : [{ Name: `tag:${TAG.image}`, Values: [query.image] }]),
    ...(query.run === undefined ? [] : [{ Name: `tag:${TAG.run}`, Values: [query.run] }]),
    ...(query.name === undefined ? [] : [{ Name: "name", Values: [query.name] }]),
  ];
  const amis: Ami[] = [];
  const input = {
    Owners: ["self"],
    IncludeDisabled: true,
    IncludeDeprecated: true,
    ...(filters.length === 0 ? {} : { Filters: filters }),
  };
  for await (const { Images = [] } of paginateDescribeImages({ client: ec2, ...PAGE }, input))
    amis.push(...Images.map((image) => amiOf(image, region)));
  return amis;
}

/** Snapshots of this account in a Region that have a tag. */
export async function snapshotsIn(
  { ec2 }: RegionClients,
  tag: string,
  value: string,
): Promise<readonly BuiltSnapshot[]> {
  const snapshots: BuiltSnapshot[] = [];
  const input = { OwnerIds: ["self"], Filters: [{ Name: `tag:${tag}`, Values: [value] }] };
  for await (const { Snapshots = [] } of paginateDescribeSnapshots({ client: ec2, ...PAGE }, input))
    for (const { SnapshotId = "", StartTime, Description = "", Tags } of Snapshots)
      snapshots.push({
        id: SnapshotId,
        created: StartTime?.toISOString() ?? "",
        description: Description,
        tags: tagRecord(Tags),
      });
  return snapshots;
}

/** Ids of the AMIs in a Region's Recycle Bin. */
export async function recycledIn({ ec2 }: RegionClients): Promise<ReadonlySet<string>> {
  const recycled = new Set<string>();
  for await (const { Images = [] } of paginateListImagesInRecycleBin({ client: ec2, ...PAGE }, {}))
    for (const { ImageId = "" } of Images) recycled.add(ImageId);
  return recycled;
}

/** All of a Region that a plan looks at. @throws CliError when something that may need an AMI cannot be read. */
export async function pruneFacts(clients: RegionClients, image: string): Promise<PruneFacts> {
  const amis = await amisIn(clients);
  const snapshots = await snapshotsIn(clients, TAG.image, image);
  const recycled = await recycledIn(clients);
  // Last: what began to need an AMI meanwhile is seen.
  return { amis, snapshots, recycled, references: await referencesIn(clients) };
}
