import { DescribeKeyCommand } from "@aws-sdk/client-kms";
import { nameOf } from "../../aws/errors";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import type { RegionClients } from "./clients";

/**
 * What keeps a Region's snapshots from being encrypted with a key: asked in each Region before a build, for a copy would find it
 * a quarter of an hour later.
 */
export async function keyFaults({ kms, region }: RegionClients, key: string): Promise<readonly CliError[]> {
  try {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: key }));
    const state = KeyMetadata?.KeyState ?? "Enabled";
    const spec = KeyMetadata?.KeySpec ?? "SYMMETRIC_DEFAULT";
    const use = KeyMetadata?.KeyUsage ?? "ENCRYPT_DECRYPT";
    if (spec !== "SYMMETRIC_DEFAULT" || use !== "ENCRYPT_DECRYPT")
      return [
        new CliError(
          EXIT.USAGE,
          `key ${key} of ${region} is ${spec} for ${use}, and volumes take symmetric keys alone`,
          "name another: --kms-key alias/…",
        ),
      ];
    return state === "Enabled"
      ? []
      : [
          new CliError(
            EXIT.MISSING,
            `key ${key} of ${region} is in the state ${state}`,
            ...remedyOf(region, key, state),
          ),
        ];
  } catch (error) {
    const fault = refusalOf(nameOf(error), region, key);
    if (fault) return [fault];
    throw error;
  }
}

/** What is done about a key that cannot be used. */
function remedyOf(region: string, key: string, state: string): readonly string[] {
  if (state === "Disabled") return [`enable it: aws kms enable-key --region ${region} --key-id <its id>`];
  if (state === "PendingDeletion")
    return [`keep it: aws kms cancel-key-deletion --region ${region} --key-id <its id>, and enable it`];
  return [`see what it waits for: aws kms describe-key --region ${region} --key-id ${key}`];
}

/** What KMS refuses, as a fault; undefined for what is none of the key. */
function refusalOf(name: string, region: string, key: string): CliError | undefined {
  if (/^(NotFoundException|InvalidArnException|ValidationException)$/.test(name))
    return new CliError(
      EXIT.MISSING,
      `${region} has no key ${key}`,
      key.startsWith("alias/")
        ? `give a key of ${region} that alias: aws kms create-alias --region ${region} --alias-name ${key} --target-key-id <key>; or take the Region out of --regions`
        : "name an alias that every Region has, e.g. --kms-key alias/images",
    );
  if (name === "AccessDeniedException")
    return new CliError(
      EXIT.MISSING,
      `these credentials may not use key ${key} of ${region}`,
      "the role of the workflows may use the key of the stack images alone: --kms-key alias/<prefix>-images",
    );
  return undefined;
}
