import { randomBytes } from "node:crypto";
import {
  DescribeKeyPairsCommand,
  DescribeSecurityGroupsCommand,
  type Instance,
  paginateDescribeInstances,
} from "@aws-sdk/client-ec2";
import type { RegionClients } from "./clients";
import { TAG, tagRecord } from "./tags";

/** Name of the key pair of a run's builder; another at each call, for a run may be repeated. */
export function builderKeyName(run: string): string {
  return `groundplan-image-${run}-${randomBytes(4).toString("hex")}`;
}

/** Whether a key pair is of a run's builder: by {@link builderKeyName}, or as Packer names one. */
function isBuilderKey(name: string, run: string, ofMachines: ReadonlySet<string>): boolean {
  const prefix = `groundplan-image-${run}-`;
  if (name.startsWith(prefix)) return /^[0-9a-f]{8}$/.test(name.slice(prefix.length));
  return name.startsWith("packer_") && ofMachines.has(name);
}

/** What Packer 1.6.6 makes for its builder and does not tag, by ids. */
export interface UntaggedAccess {
  readonly groups: readonly string[];
  readonly keys: readonly string[];

  /** Security groups of a Packer that no machine is in: of which run they are nobody knows. */
  readonly strayGroups: readonly string[];
}

/** Finds what has no tag by the run's machines, and by the name of the key pair. */
export async function untaggedAccess(
  { ec2 }: RegionClients,
  run: string,
  machines: readonly Instance[],
): Promise<UntaggedAccess> {
  const own = new Set(
    machines.flatMap(({ SecurityGroups = [] }) => SecurityGroups.map((one) => one.GroupId)),
  );
  const { SecurityGroups = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({
      Filters: [
        { Name: "group-name", Values: ["packer_*"] },
        { Name: "description", Values: ["Temporary group for Packer"] },
      ],
    }),
  );
  const groups = SecurityGroups.filter(({ Tags }) => tagRecord(Tags)[TAG.run] === undefined);
  const strays = groups.flatMap(({ GroupId = "" }) => (own.has(GroupId) ? [] : [GroupId]));
  const used = await groupsWithMachines(ec2, strays);
  const { KeyPairs = [] } = await ec2.send(
    new DescribeKeyPairsCommand({
      Filters: [{ Name: "key-name", Values: [`groundplan-image-${run}-*`, "packer_*"] }],
    }),
  );
  const keyNames = new Set(machines.flatMap(({ KeyName }) => KeyName ?? []));
  return {
    groups: groups.flatMap(({ GroupId = "" }) => (own.has(GroupId) ? [GroupId] : [])),
    keys: KeyPairs.filter(
      ({ KeyName = "", Tags }) =>
        tagRecord(Tags)[TAG.run] === undefined && isBuilderKey(KeyName, run, keyNames),
    ).flatMap(({ KeyPairId }) => KeyPairId ?? []),
    strayGroups: strays.filter((id) => !used.has(id)),
  };
}

/** Groups that a machine is in, whosever. */
async function groupsWithMachines(
  ec2: RegionClients["ec2"],
  groups: readonly string[],
): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  if (groups.length === 0) return used;
  const input = { Filters: [{ Name: "instance.group-id", Values: [...groups] }] };
  for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2 }, input))
    for (const { SecurityGroups = [] } of Reservations.flatMap((one) => one.Instances ?? []))
      for (const { GroupId = "" } of SecurityGroups) used.add(GroupId);
  return used;
}
