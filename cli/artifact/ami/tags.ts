import type { Tag, TagSpecification } from "@aws-sdk/client-ec2";
import type { ImageRequest } from "./request";

/** Keys of the tags by which a build's resources are found. The others are for people. */
export const TAG = {
  image: "groundplan:image",
  run: "groundplan:run",
  channel: "groundplan:channel",
  regions: "groundplan:regions",
  shared: "groundplan:shared-with",
  key: "groundplan:kms-key",
} as const;

/** Longest value of a tag, in characters. */
const LONGEST = 256;

/** The tags of everything that a build makes: from the first moment, so that what an interrupted one leaves is found. */
export function tagsOf(request: ImageRequest): Readonly<Record<string, string>> {
  const { image, channel, version, run, regions, kmsKey, source, time } = request;
  const tags = {
    [TAG.image]: image,
    [TAG.run]: run,
    [TAG.channel]: channel,
    [TAG.regions]: regions.join(" "),
    ...(kmsKey === undefined ? {} : { [TAG.key]: kmsKey }),
    GitHubRepository: source.repository,
    GitHubRef: source.ref,
    GitHubSHA: source.sha,
    Version: version,
    BuildDate: time.toISOString(),
  };
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, value.slice(0, LONGEST)]));
}

/** Tags as EC2 takes them. */
export function tagList(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Tags of an image and of its snapshots, given in the request that makes them: neither is ever without. */
export function imageTags(tags: Readonly<Record<string, string>>): TagSpecification[] {
  return (["image", "snapshot"] as const).map((ResourceType) => ({ ResourceType, Tags: tagList(tags) }));
}

/** Tags as a record. */
export function tagRecord(tags: readonly Tag[] | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
}
