import {
  CreateTagsCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
} from "@aws-sdk/client-ec2";
import { nameOf } from "../../aws/errors";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { type Ami, channelOf } from "./ami";
import type { RegionClients } from "./clients";
import { blockedFault, publicFaults, quotaFault } from "./public-access";
import { gathered } from "./regions";
import { TAG } from "./tags";

/**
 * Lets everybody start the AMI of a release.
 *
 * @param snapshots - whether everybody may copy it too: without, its snapshots stay private and an AMI can only be started.
 * @returns whether it was private before. @throws CliError with the command that lifts what is in the way.
 */
export async function makePublic(
  clients: RegionClients,
  ami: Ami,
  { snapshots }: { readonly snapshots: boolean },
): Promise<boolean> {
  const { ec2, region } = clients;
  if (channelOf(ami) !== "release")
    throw new CliError(
      EXIT.USAGE,
      `${ami.id} is a development image, and only a release becomes public`,
      "share it with an account: npx groundplan image share; or tag its commit, e.g. v1.2.0",
    );
  if (ami.isEncrypted)
    throw new CliError(
      EXIT.HELD,
      `${ami.id} in ${region} is encrypted, and an encrypted AMI cannot be public`,
      "build the version without encryption: npx groundplan image validate says what encrypts it",
    );
  if (!ami.isPublic) {
    const faults = await publicFaults(clients);
    if (faults.length > 0) throw gathered(faults);
    await ec2
      .send(
        new ModifyImageAttributeCommand({ ImageId: ami.id, LaunchPermission: { Add: [{ Group: "all" }] } }),
      )
      .catch((error: unknown) => {
        throw refusal(error, region);
      });
  }
  if (snapshots)
    for (const SnapshotId of ami.snapshots)
      await ec2.send(
        new ModifySnapshotAttributeCommand({
          SnapshotId,
          CreateVolumePermission: { Add: [{ Group: "all" }] },
        }),
      );
  return !ami.isPublic;
}

/** What AWS refuses though nothing was in the way before: e.g. two releases at once. */
function refusal(error: unknown, region: string): unknown {
  const [, count = "5"] = /quota of (\d+)/.exec(error instanceof Error ? error.message : "") ?? [];
  if (nameOf(error) === "ResourceLimitExceeded") return quotaFault(region, Number(count), Number(count));
  if (nameOf(error) === "OperationNotPermitted") return blockedFault(region);
  return error;
}

/** Whether a text is the number of an account. */
export function isAccount(text: string): boolean {
  return /^\d{12}$/.test(text);
}

/**
 * Lets accounts start an AMI. A tag says with whom: it is seen without asking for each AMI.
 *
 * @param snapshots - whether they may copy it too.
 * @returns what they need beside it.
 */
export async function shareWith(
  { ec2 }: RegionClients,
  ami: Ami,
  accounts: readonly string[],
  { snapshots }: { readonly snapshots: boolean },
): Promise<readonly string[]> {
  const Add = accounts.map((UserId) => ({ UserId }));
  const shared = [...new Set([...(ami.tags[TAG.shared] ?? "").split(" "), ...accounts])].filter(
    (one) => one !== "",
  );
  // The tag first: an AMI that others may start is never pruned as one that nobody needs.
  const value = shared.slice(0, MOST_IN_TAG).join(" ");
  await ec2.send(new CreateTagsCommand({ Resources: [ami.id], Tags: [{ Key: TAG.shared, Value: value }] }));
  await ec2.send(new ModifyImageAttributeCommand({ ImageId: ami.id, LaunchPermission: { Add } }));
  if (snapshots)
    for (const SnapshotId of ami.snapshots)
      await ec2.send(new ModifySnapshotAttributeCommand({ SnapshotId, CreateVolumePermission: { Add } }));
  return ami.isEncrypted
    ? [`it is encrypted: its key's policy has to let ${accounts.join(", ")} decrypt and create grants`]
    : [];
}

/** Accounts whose numbers fit into one tag. */
const MOST_IN_TAG = 19;
