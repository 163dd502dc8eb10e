import type { ListedInstance } from "./listed";

/** A notice that a spot instance will be interrupted. */
export interface Interruption {
  /** When, in milliseconds since 1970. */
  readonly at: number;
}

/** What an instance of spot capacity was told. */
export interface Notices {
  readonly interruption?: Interruption | undefined;

  /** When a rebalance was advised, in milliseconds since 1970. */
  readonly rebalance?: number | undefined;
}

/** A folder of metadata, or a text. */
export type Tree = { readonly [name: string]: Tree | string };

/** Seconds since 1970 as EC2 writes a time. */
function timeOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/**
 * All that an instance is told of itself but its credentials.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-categories.html
 */
export function metadataTree(instance: ListedInstance, { interruption, rebalance }: Notices): Tree {
  const { profile, tags, publicAddress, ipv6Addresses } = instance;
  const role = profile?.role.slice(profile.role.lastIndexOf("/") + 1);
  const network: Tree = {
    "device-number": "0",
    "interface-id": instance.interfaceId,
    "local-hostname": instance.hostName,
    "local-ipv4s": instance.address,
    mac: instance.mac,
    "owner-id": instance.account,
    "security-groups": instance.securityGroups.join("\n"),
    "security-group-ids": instance.securityGroupIds.join("\n"),
    "subnet-id": instance.subnetId,
    "vpc-id": instance.vpcId,
    ...(publicAddress ? { "public-hostname": instance.publicHostName, "public-ipv4s": publicAddress } : {}),
    ...(ipv6Addresses.length > 0 ? { ipv6s: ipv6Addresses.join("\n") } : {}),
  };
  return {
    "ami-id": instance.imageId,
    "ami-launch-index": String(instance.launchIndex),
    hostname: instance.hostName,
    "instance-action": "none",
    "instance-id": instance.id,
    "instance-life-cycle": instance.lifecycle,
    "instance-type": instance.type,
    "local-hostname": instance.hostName,
    "local-ipv4": instance.address,
    mac: instance.mac,
    network: { interfaces: { macs: { [instance.mac]: network } } },
    placement: {
      "availability-zone": instance.zone,
      region: instance.region,
    },
    ...(publicAddress ? { "public-hostname": instance.publicHostName, "public-ipv4": publicAddress } : {}),
    ...(instance.publicKey ? { "public-keys": { "0": { "openssh-key": `${instance.publicKey}\n` } } } : {}),
    "security-groups": instance.securityGroups.join("\n"),
    services: { domain: "amazonaws.com", partition: "aws" },
    ...(profile && role
      ? {
          iam: {
            info: JSON.stringify({
              Code: "Success",
              LastUpdated: timeOf(Date.now()),
              InstanceProfileArn: profile.arn,
              InstanceProfileId: profile.id,
            }),
            "security-credentials": { [role]: "" },
          },
        }
      : {}),
    ...(instance.metadata.tellsTags && Object.keys(tags).length > 0 ? { tags: { instance: tags } } : {}),
    ...(rebalance === undefined
      ? {}
      : { events: { recommendations: { rebalance: JSON.stringify({ noticeTime: timeOf(rebalance) }) } } }),
    ...(interruption
      ? {
          spot: {
            "instance-action": JSON.stringify({ action: "terminate", time: timeOf(interruption.at) }),
            "termination-time": timeOf(interruption.at),
          },
        }
      : {}),
  };
}

/** The document by which an instance says who it is. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html */
export function identityDocument(instance: ListedInstance, launchedAt: string): string {
  return JSON.stringify(
    {
      accountId: instance.account,
      architecture: instance.architecture,
      availabilityZone: instance.zone,
      billingProducts: null,
      devpayProductCodes: null,
      imageId: instance.imageId,
      instanceId: instance.id,
      instanceType: instance.type,
      kernelId: null,
      marketplaceProductCodes: null,
      pendingTime: launchedAt,
      privateIp: instance.address,
      ramdiskId: null,
      region: instance.region,
      version: "2017-09-30",
    },
    null,
    2,
  );
}

/**
 * The text at a path of the tree: a value, or the names in a folder, which end with a slash where they are folders.
 *
 * @param path - e.g. `placement/availability-zone`, or `tags/instance/`.
 * @param keyName - of the public key, which is listed as `0=name`.
 */
export function textAt(tree: Tree, path: string, keyName: string): string | undefined {
  const parts = path.split("/").filter((part) => part !== "");
  let found: Tree | string = tree;
  for (const part of parts) {
    if (typeof found === "string" || !Object.hasOwn(found, part)) return undefined;
    found = found[part] ?? "";
  }
  if (typeof found === "string") return found;
  if (parts.join("/") === "public-keys") return `0=${keyName}`;
  const isOfTags = parts.join("/") === "tags/instance";
  return Object.entries(found)
    .map(([name, value]) => (typeof value === "string" || isOfTags ? name : `${name}/`))
    .join("\n");
}
